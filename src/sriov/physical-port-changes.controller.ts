import { Body, Controller, HttpCode, Patch } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireRole } from '../auth/access.decorators.js';
import { demandRole } from '../auth/access.guard.js';
import { Caller, type CallerIdentity } from '../auth/caller.js';
import {
  AdapterIdSegment,
  ApiPhysicalPortParams,
  ApiSystemParam,
  PhysicalPortIdSegment,
  SystemSegment,
} from '../http/path-parameters.js';
import { ApiChange } from '../jobs/api-change.decorator.js';
import { AnswersChange } from '../jobs/change-answer.interceptor.js';
import { Change, type ChangeContext } from '../jobs/change-request.decorator.js';
import { ChangeService, type ChangeAnswer } from '../jobs/change.service.js';
import { PhysicalPortUpdateRequestDto } from './dto/physical-port-update-request.dto.js';

@ApiTags('SR-IOV')
@ApiSystemParam()
@ApiPhysicalPortParams()
@RequireRole('operator')
@Controller('v1/managed-systems/:system/sriov/physical-ports/:adapterId/:physicalPortId')
export class PhysicalPortChangesController {
  constructor(private readonly changes: ChangeService) {}

  @Patch()
  @HttpCode(202)
  @AnswersChange()
  @ApiOperation({
    operationId: 'setPhysicalPortLabel',
    summary: 'Change the label or sub-label of a physical port',
    description:
      'Labels steer Live Partition Mobility: the ports of a vNIC are mapped to ports with the same label on the target ' +
      'system. So the labels of a port that carries vNICs are changed only with `force: true`, which needs the role admin; ' +
      'the vNICs are looked at again when the job runs. Setting what is there already needs no force. Role: operator.',
  })
  @ApiChange('physical-port.set-label', 'port-carries-vnics')
  setLabel(
    @SystemSegment() system: string,
    @AdapterIdSegment() adapterId: number,
    @PhysicalPortIdSegment() physicalPortId: number,
    @Body() body: PhysicalPortUpdateRequestDto,
    @Caller() caller: CallerIdentity,
    @Change() context: ChangeContext,
  ): Promise<ChangeAnswer> {
    if (body.force === true) demandRole(caller, 'admin', 'force: true');
    const address = { physicalPort: { adapterId, physicalPortId } };
    return this.changes.accept({ operation: 'physical-port.set-label', system, address, body, ...context });
  }
}
