import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, ValidateNested } from 'class-validator';
import { BackingDeviceRequestDto } from './backing-device-request.dto.js';

/**
 * 1 to 6 backing devices. They may be left out where a decorator above this one says so, and then `required` is false.
 */
export function BackingDeviceList(words: { description?: string; required?: false } = {}): PropertyDecorator {
  return applyDecorators(
    Type(() => BackingDeviceRequestDto),
    ValidateNested({ each: true }),
    ArrayMaxSize(6, { message: 'must hold at most six backing devices' }),
    ArrayMinSize(1, { message: 'must hold at least one backing device' }),
    IsArray({ message: 'must be a list of 1 to 6 backing devices' }),
    ApiProperty({ type: [BackingDeviceRequestDto], minItems: 1, maxItems: 6, ...words }),
  );
}
