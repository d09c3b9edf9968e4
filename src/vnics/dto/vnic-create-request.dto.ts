import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsInt,
  IsObject,
  Matches,
  Max,
  Min,
  NotEquals,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { MAX_ALLOWED_OS_MAC_ADDRESSES, MAX_ALLOWED_VLAN_IDS, VLAN_IDS } from '../../core/operations/vnic-attributes.js';
import type { VnicCreateRequest } from '../../core/operations/requests.js';
import type { AllowedMacAddresses, AllowedVlanIds } from '../../core/hmc-language/allowed-lists.js';
import { PlacementRequestDto } from '../../placements/dto/placement-request.dto.js';
import { MayBeLeftOut } from '../../http/may-be-left-out.decorator.js';
import { BackingDeviceList } from './backing-device-list.decorator.js';
import type { BackingDeviceRequestDto } from './backing-device-request.dto.js';

const VLAN_RANGE = `from ${VLAN_IDS.least} to ${VLAN_IDS.most}`;
const PORT_VLAN_RULE = `must be 0 or a whole number ${VLAN_RANGE}`;
const MAC = /^([0-9a-f]{12}|[0-9a-f]{2}([:-][0-9a-f]{2}){5})$/i;

function isListOrWord(isElement: (value: unknown) => boolean, most: number, message: string): PropertyDecorator {
  return ValidateBy({
    name: 'listOrWord',
    validator: {
      validate: (value: unknown) =>
        value === 'all' ||
        value === 'none' ||
        (Array.isArray(value) && value.length >= 1 && value.length <= most && value.every(isElement)),
      defaultMessage: () => message,
    },
  });
}

const isVlanId = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= VLAN_IDS.least && Number(value) <= VLAN_IDS.most;
const isMac = (value: unknown): boolean => typeof value === 'string' && MAC.test(value);

/** A vNIC as it is asked for. What is left out is the HMC's choice. */
export class VnicCreateRequestDto implements VnicCreateRequest {
  @ApiPropertyOptional({
    type: 'integer',
    description:
      'Virtual slot of the client. The next free one is taken when it is left out. Naming it makes a repeated call safe: ' +
      'a slot that holds an equal vNIC needs nothing, one that holds another is 409.',
    minimum: 2,
    maximum: 65_535,
    example: 6,
  })
  @MayBeLeftOut()
  @IsInt({ message: 'must be a whole number' })
  @Min(2, { message: 'must be at least 2; slots 0 and 1 are the serial consoles' })
  @Max(65535, { message: 'must be at most 65535' })
  slot?: number;

  @ApiPropertyOptional({
    type: 'integer',
    description: `0 = no VLAN, or ${VLAN_IDS.least} to ${VLAN_IDS.most}.`,
    minimum: 0,
    maximum: VLAN_IDS.most,
    example: 3455,
  })
  @MayBeLeftOut()
  @IsInt({ message: PORT_VLAN_RULE })
  @Min(0, { message: PORT_VLAN_RULE })
  @Max(VLAN_IDS.most, { message: PORT_VLAN_RULE })
  @NotEquals(1, { message: PORT_VLAN_RULE })
  portVlanId?: number;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'Priority (IEEE 802.1Q) of frames on the port VLAN.',
    minimum: 0,
    maximum: 7,
    example: 0,
  })
  @MayBeLeftOut()
  @IsInt({ message: 'must be a whole number from 0 to 7' })
  @Min(0, { message: 'must be a whole number from 0 to 7' })
  @Max(7, { message: 'must be a whole number from 0 to 7' })
  portVlanPriority?: number;

  @ApiPropertyOptional({
    oneOf: [
      { type: 'string', enum: ['all', 'none'] },
      {
        type: 'array',
        items: { type: 'integer', minimum: VLAN_IDS.least, maximum: VLAN_IDS.most },
        minItems: 1,
        maxItems: MAX_ALLOWED_VLAN_IDS,
      },
    ],
    description: 'VLANs that the operating system of the client may use.',
    example: 'all',
  })
  @MayBeLeftOut()
  @isListOrWord(
    isVlanId,
    MAX_ALLOWED_VLAN_IDS,
    `must be "all", "none" or a list of 1 to ${MAX_ALLOWED_VLAN_IDS} VLAN ids ${VLAN_RANGE}`,
  )
  allowedVlanIds?: AllowedVlanIds;

  @ApiPropertyOptional({
    description: 'Of one card, not of a group: twelve hexadecimal digits; `:` or `-` between the pairs is accepted.',
    example: 'eaadf2188302',
  })
  @MayBeLeftOut()
  @Matches(MAC, { message: 'must be twelve hexadecimal digits, such as eaadf2188302' })
  macAddress?: string;

  @ApiPropertyOptional({
    oneOf: [
      { type: 'string', enum: ['all', 'none'] },
      { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: MAX_ALLOWED_OS_MAC_ADDRESSES },
    ],
    description: 'MAC addresses that the operating system of the client may set.',
    example: 'all',
  })
  @MayBeLeftOut()
  @isListOrWord(
    isMac,
    MAX_ALLOWED_OS_MAC_ADDRESSES,
    `must be "all", "none" or a list of 1 to ${MAX_ALLOWED_OS_MAC_ADDRESSES} MAC addresses`,
  )
  allowedOsMacAddresses?: AllowedMacAddresses;

  @ApiPropertyOptional({
    description: 'Whether the hypervisor moves to the operational device with the lowest number by itself, also back.',
    example: true,
  })
  @MayBeLeftOut()
  @IsBoolean({ message: 'must be true or false' })
  autoPriorityFailover?: boolean;

  @ValidateIf(({ backingDevices, placement }: VnicCreateRequestDto) => {
    return backingDevices !== undefined || placement === undefined;
  })
  @BackingDeviceList({
    required: false,
    description:
      '1 to 6, no two on one physical port. Spread them over Virtual I/O Servers and adapters. Either this or `placement`.',
  })
  backingDevices?: BackingDeviceRequestDto[];

  @ApiPropertyOptional({
    type: PlacementRequestDto,
    description:
      'Has the devices chosen, as `POST …/placements` would, when the job is planned. In a named slot a vNIC that the ' +
      'placement could have chosen is an equal one.',
  })
  @MayBeLeftOut()
  @IsObject({ message: 'must be an object' })
  @ValidateNested()
  @Type(() => PlacementRequestDto)
  placement?: PlacementRequestDto;
}
