import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsBoolean, IsInt, Max, Min } from 'class-validator';
import type {
  BackingDeviceActivateRequest,
  BackingDeviceAddRequest,
  BackingDeviceSetPriorityRequest,
  VnicSetRequest,
  VnicUpdateRequest,
} from '../../core/operations/requests.js';
import { MayBeLeftOut } from '../../http/may-be-left-out.decorator.js';
import { BackingDeviceList } from './backing-device-list.decorator.js';
import type { BackingDeviceRequestDto } from './backing-device-request.dto.js';
import { VnicCreateRequestDto } from './vnic-create-request.dto.js';

/** What can be changed on a vNIC that exists (hmc-cli.md §1.1: nothing else is known to be settable). */
export class VnicUpdateRequestDto implements VnicUpdateRequest {
  @ApiProperty({
    description:
      'true: the hypervisor moves to the operational device with the lowest number at once, also back; false: it stays.',
    example: true,
  })
  @IsBoolean({ message: 'must be true or false' })
  autoPriorityFailover!: boolean;
}

/**
 * A vNIC as a whole. What is left out stays as it is; on a vNIC that exists VLANs and MAC addresses can only be what
 * they are, in an empty slot they are the new one's.
 */
export class VnicSetRequestDto
  extends OmitType(VnicCreateRequestDto, ['slot', 'backingDevices', 'placement'])
  implements VnicSetRequest
{
  @MayBeLeftOut()
  @BackingDeviceList({
    required: false,
    description:
      'The whole list, 1 to 6, no two on one physical port. Devices are matched by physical port: one that is not in the list ' +
      'is removed; one with another Virtual I/O Server, capacity or maximum is removed and made anew. Needed in an empty slot.',
  })
  backingDevices?: BackingDeviceRequestDto[];

  @ApiPropertyOptional({
    description:
      'No step leaves fewer than min(before, after) − 1 operational devices, or none, or takes the active one away. Where ' +
      'that cannot be the change is refused (409 `network-disruption`), unless this is true; the HMC is told so with ' +
      '`--allownetdisrupt`.',
    default: false,
  })
  @MayBeLeftOut()
  @IsBoolean({ message: 'must be true or false' })
  allowNetworkDisruption?: boolean;
}

export class BackingDeviceAddRequestDto implements BackingDeviceAddRequest {
  @BackingDeviceList()
  backingDevices!: BackingDeviceRequestDto[];
}

export class BackingDeviceUpdateRequestDto implements BackingDeviceSetPriorityRequest {
  @ApiProperty({ type: 'integer', description: 'The lowest number wins.', minimum: 1, maximum: 100, example: 11 })
  @IsInt({ message: 'must be a whole number from 1 to 100' })
  @Min(1, { message: 'must be at least 1; the lowest number wins' })
  @Max(100, { message: 'must be at most 100' })
  failoverPriority!: number;
}

export class BackingDeviceActivateRequestDto implements BackingDeviceActivateRequest {
  @ApiPropertyOptional({
    description:
      'Activating a device switches automatic failover off. true switches it on again afterwards; refused (409) unless the ' +
      'device has the lowest number among the operational ones, because the hypervisor would move away from it at once.',
    default: false,
    example: false,
  })
  @MayBeLeftOut()
  @IsBoolean({ message: 'must be true or false' })
  restoreAutoPriorityFailover?: boolean;
}
