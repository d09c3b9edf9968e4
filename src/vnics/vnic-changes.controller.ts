import { Body, Controller, Delete, HttpCode, Patch, Post, Put } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireRole } from '../auth/access.decorators.js';
import type { PartitionAddress } from '../http/path-names.js';
import {
  ApiLogicalPortParam,
  ApiPartitionParam,
  ApiSlotParam,
  ApiSystemParam,
  LogicalPortIdSegment,
  PartitionSegment,
  SlotSegment,
  SystemSegment,
} from '../http/path-parameters.js';
import { ApiChange } from '../jobs/api-change.decorator.js';
import { AnswersChange } from '../jobs/change-answer.interceptor.js';
import { Change, type ChangeContext } from '../jobs/change-request.decorator.js';
import { ChangeService, type ChangeAnswer } from '../jobs/change.service.js';
import {
  BackingDeviceActivateRequestDto,
  BackingDeviceAddRequestDto,
  BackingDeviceUpdateRequestDto,
  VnicSetRequestDto,
  VnicUpdateRequestDto,
} from './dto/vnic-change-requests.dto.js';
import { VnicCreateRequestDto } from './dto/vnic-create-request.dto.js';
import { ADD_EXAMPLES, CREATE_EXAMPLES, SET_EXAMPLES } from './dto/request-examples.js';

/** Every change is a job in the lane of its system; nothing here waits for an HMC but the reading before. */
@ApiSystemParam()
@ApiPartitionParam()
@RequireRole('operator')
@Controller('v1/managed-systems/:system/partitions/:partition/vnics')
export class VnicChangesController {
  constructor(private readonly changes: ChangeService) {}

  @Post()
  @HttpCode(202)
  @AnswersChange()
  @ApiTags('vNICs')
  @ApiOperation({
    operationId: 'createVnic',
    summary: 'Create a vNIC',
    description:
      'With 1 to 6 backing devices, named or placed by the service (`placement`). Without `slot` the next free one is taken; the job names it before anything is sent. The ' +
      'partition must be running with an active RMC connection, or shut off; the Virtual I/O Servers of its devices running ' +
      'with one. Role: operator.',
  })
  @ApiBody({ type: VnicCreateRequestDto, examples: CREATE_EXAMPLES })
  @ApiChange(
    'vnic.create',
    'unknown-reference',
    'rule-violation',
    'slot-taken',
    'port-full',
    'no-placement',
    'partition-state',
  )
  create(
    @SystemSegment() system: string,
    @PartitionSegment() partition: PartitionAddress,
    @Body() body: VnicCreateRequestDto,
    @Change() context: ChangeContext,
  ): Promise<ChangeAnswer> {
    return this.changes.accept({ operation: 'vnic.create', system, address: { partition }, body, ...context });
  }

  @Put(':slot')
  @HttpCode(202)
  @AnswersChange()
  @ApiSlotParam()
  @ApiTags('vNICs')
  @ApiOperation({
    operationId: 'setVnic',
    summary: 'Bring a vNIC to a desired state',
    description:
      'The whole vNIC as it shall be: the fewest commands are planned, in an order that keeps the network up, and that moves ' +
      'the active device before it is removed. What is left out stays as it is; the same again plans nothing; an empty slot ' +
      'gets a new vNIC. In a plan, `{"ref": "logicalPortOf adapter 2 port 1"}` stands for the logical port id of a device ' +
      'that an earlier step makes; the rest is planned again once it is known. The Virtual I/O Server of a device that is made ' +
      'must be running with an active RMC connection. Role: operator.',
  })
  @ApiBody({ type: VnicSetRequestDto, examples: SET_EXAMPLES })
  @ApiHeader({
    name: 'If-None-Match',
    required: false,
    description: '`*`: only to create. Refused (412) when the slot holds a vNIC, also while in the lane.',
    schema: { type: 'string' },
    examples: { create: { summary: 'only where the slot is empty', value: '*' } },
  })
  @ApiChange(
    'vnic.set',
    'unknown-reference',
    'rule-violation',
    'port-full',
    'last-backing-device',
    'network-disruption',
    'not-changeable',
    'slot-taken',
    'partition-state',
  )
  set(
    @SystemSegment() system: string,
    @PartitionSegment() partition: PartitionAddress,
    @SlotSegment() slot: number,
    @Body() body: VnicSetRequestDto,
    @Change() context: ChangeContext,
  ): Promise<ChangeAnswer> {
    return this.changes.accept({ operation: 'vnic.set', system, address: { partition, slot }, body, ...context });
  }

  @Patch(':slot')
  @HttpCode(202)
  @AnswersChange()
  @ApiSlotParam()
  @ApiTags('vNICs')
  @ApiOperation({
    operationId: 'updateVnic',
    summary: 'Switch automatic failover on or off',
    description:
      'Switching it on makes the hypervisor move at once to the operational device with the lowest number. Role: operator.',
  })
  @ApiChange('vnic.update')
  update(
    @SystemSegment() system: string,
    @PartitionSegment() partition: PartitionAddress,
    @SlotSegment() slot: number,
    @Body() body: VnicUpdateRequestDto,
    @Change() context: ChangeContext,
  ): Promise<ChangeAnswer> {
    return this.changes.accept({ operation: 'vnic.update', system, address: { partition, slot }, body, ...context });
  }

  @Delete(':slot')
  @HttpCode(202)
  @AnswersChange()
  @ApiSlotParam()
  @ApiTags('vNICs')
  @ApiOperation({
    operationId: 'deleteVnic',
    summary: 'Delete a vNIC',
    description: 'With all its backing devices. The client loses this network at once. Role: operator.',
  })
  @ApiChange('vnic.delete', 'partition-state')
  delete(
    @SystemSegment() system: string,
    @PartitionSegment() partition: PartitionAddress,
    @SlotSegment() slot: number,
    @Change() context: ChangeContext,
  ): Promise<ChangeAnswer> {
    return this.changes.accept({
      operation: 'vnic.delete',
      system,
      address: { partition, slot },
      body: {},
      ...context,
    });
  }

  @Post(':slot/backing-devices')
  @HttpCode(202)
  @AnswersChange()
  @ApiSlotParam()
  @ApiTags('Backing devices')
  @ApiOperation({
    operationId: 'addBackingDevices',
    summary: 'Add backing devices',
    description:
      'All of them in one command; a vNIC has at most six, no two on one physical port. Their Virtual I/O Servers must be ' +
      'running with an active RMC connection. Role: operator.',
  })
  @ApiBody({ type: BackingDeviceAddRequestDto, examples: ADD_EXAMPLES })
  @ApiChange(
    'backing-device.add',
    'unknown-reference',
    'rule-violation',
    'port-in-use',
    'port-full',
    'too-many-backing-devices',
    'partition-state',
  )
  addDevices(
    @SystemSegment() system: string,
    @PartitionSegment() partition: PartitionAddress,
    @SlotSegment() slot: number,
    @Body() body: BackingDeviceAddRequestDto,
    @Change() context: ChangeContext,
  ): Promise<ChangeAnswer> {
    const address = { partition, slot };
    return this.changes.accept({ operation: 'backing-device.add', system, address, body, ...context });
  }

  @Patch(':slot/backing-devices/:logicalPortId')
  @HttpCode(202)
  @AnswersChange()
  @ApiSlotParam()
  @ApiLogicalPortParam()
  @ApiTags('Backing devices')
  @ApiOperation({
    operationId: 'setFailoverPriority',
    summary: 'Change the failover priority of a backing device',
    description:
      'The lowest number wins; with automatic failover on this may move the active device. Nothing else of a device can be ' +
      'changed: remove it and add it. Role: operator.',
  })
  @ApiChange('backing-device.set-priority')
  setPriority(
    @SystemSegment() system: string,
    @PartitionSegment() partition: PartitionAddress,
    @SlotSegment() slot: number,
    @LogicalPortIdSegment() logicalPortId: string,
    @Body() body: BackingDeviceUpdateRequestDto,
    @Change() context: ChangeContext,
  ): Promise<ChangeAnswer> {
    const address = { partition, slot, logicalPortId };
    return this.changes.accept({ operation: 'backing-device.set-priority', system, address, body, ...context });
  }

  @Post(':slot/backing-devices/:logicalPortId/activate')
  @HttpCode(202)
  @AnswersChange()
  @ApiSlotParam()
  @ApiLogicalPortParam('27008005')
  @ApiTags('Backing devices')
  @ApiOperation({
    operationId: 'activateBackingDevice',
    summary: 'Make a backing device the active one',
    description:
      'Switches automatic failover off, as the HMC does; switch it on again afterwards, or ask for ' +
      '`restoreAutoPriorityFailover`. Role: operator.',
  })
  @ApiBody({ type: BackingDeviceActivateRequestDto, required: false })
  @ApiChange('backing-device.activate', 'backing-device-not-operational', 'not-lowest-priority')
  activate(
    @SystemSegment() system: string,
    @PartitionSegment() partition: PartitionAddress,
    @SlotSegment() slot: number,
    @LogicalPortIdSegment() logicalPortId: string,
    @Change() context: ChangeContext,
    @Body() body: BackingDeviceActivateRequestDto = {},
  ): Promise<ChangeAnswer> {
    const address = { partition, slot, logicalPortId };
    return this.changes.accept({ operation: 'backing-device.activate', system, address, body, ...context });
  }

  @Delete(':slot/backing-devices/:logicalPortId')
  @HttpCode(202)
  @AnswersChange()
  @ApiSlotParam()
  @ApiLogicalPortParam()
  @ApiTags('Backing devices')
  @ApiOperation({
    operationId: 'removeBackingDevice',
    summary: 'Remove a backing device',
    description:
      'If it is the active one, the next best is made active first; 409 when none is operational, or when it is the last: ' +
      'delete the vNIC instead. Role: operator.',
  })
  @ApiChange('backing-device.remove', 'last-backing-device', 'no-operational-backing-device')
  removeDevice(
    @SystemSegment() system: string,
    @PartitionSegment() partition: PartitionAddress,
    @SlotSegment() slot: number,
    @LogicalPortIdSegment() logicalPortId: string,
    @Change() context: ChangeContext,
  ): Promise<ChangeAnswer> {
    const address = { partition, slot, logicalPortId };
    return this.changes.accept({ operation: 'backing-device.remove', system, address, body: {}, ...context });
  }
}
