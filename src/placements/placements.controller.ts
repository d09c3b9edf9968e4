import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireRole } from '../auth/access.decorators.js';
import { ApiSystemProblems } from '../http/api-problems.decorator.js';
import { ApiSystemParam, SystemSegment } from '../http/path-parameters.js';
import { AnswersReadings, ApiReading, type Reading } from '../http/reading.js';
import { PLACEMENT_EXAMPLES } from './dto/placement-examples.js';
import { PlacementRequestDto } from './dto/placement-request.dto.js';
import { PlacementDto } from './dto/placement.dto.js';
import { PlacementsService } from './placements.service.js';

@ApiTags('vNICs')
@ApiSystemParam()
@Controller('v1/managed-systems/:system/placements')
@AnswersReadings()
export class PlacementsController {
  constructor(private readonly placements: PlacementsService) {}

  @Post()
  @HttpCode(200)
  @RequireRole('viewer')
  @ApiOperation({
    operationId: 'placeBackingDevices',
    summary: 'Find the best backing devices for a new vNIC',
    description:
      'On ports with a label, or on those listed: spread over Virtual I/O Servers, enclosures, adapters and sub-labels so that ' +
      'the fewest single failures, then the fewest double ones, take them all; on ports with room and little load; always the ' +
      'same for the same estate. As many as asked for, never fewer: 409 says why it cannot be. Changes nothing; ' +
      '`POST …/vnics` takes the same as `placement`. Role: viewer.',
  })
  @ApiBody({ type: PlacementRequestDto, examples: PLACEMENT_EXAMPLES })
  @ApiReading(PlacementDto)
  @ApiSystemProblems(
    'malformed-json',
    'payload-too-large',
    'unsupported-media-type',
    'unknown-reference',
    'rule-violation',
    'no-placement',
  )
  place(@SystemSegment() system: string, @Body() body: PlacementRequestDto): Promise<Reading<PlacementDto>> {
    return this.placements.place(system, body);
  }
}
