import { ApiProperty } from '@nestjs/swagger';
import type { Vnic } from '../../core/resources/vnic.js';
import type { AllowedMacAddresses, AllowedVlanIds } from '../../core/hmc-language/allowed-lists.js';
import { vnicEtag } from '../../core/resources/vnic-etag.js';
import { ApiAttributes } from '../../http/attributes.decorator.js';
import { ApiNextCursor } from '../../http/page.dto.js';
import { PartitionRefDto } from '../../partitions/dto/partition.dto.js';
import { ApiAllowed } from './api-allowed.decorator.js';
import { BackingDeviceDto } from './backing-device.dto.js';

export class VnicDto implements Vnic {
  @ApiProperty({ type: PartitionRefDto, description: 'The client.' })
  partition!: PartitionRefDto;

  @ApiProperty({ type: 'integer', description: 'Virtual slot in the client.', example: 6 })
  slot!: number;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    description:
      'Whether the hypervisor moves to the operational device with the lowest number by itself, also back. A manual ' +
      'activation switches it off. null when the HMC does not say.',
    example: true,
  })
  autoPriorityFailover!: boolean | null;

  @ApiProperty({ type: 'integer', nullable: true, description: '0 = no VLAN.', example: 3455 })
  portVlanId!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, minimum: 0, maximum: 7, example: 0 })
  portVlanPriority!: number | null;

  @ApiAllowed('vlan')
  allowedVlanIds!: AllowedVlanIds | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Twelve hexadecimal digits, lower case, no separators.',
    example: 'eaadf2188302',
  })
  macAddress!: string | null;

  @ApiAllowed('mac')
  allowedOsMacAddresses!: AllowedMacAddresses | null;

  @ApiProperty({ type: String, nullable: true, example: 'ded' })
  desiredMode!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'ded' })
  currentMode!: string | null;

  @ApiProperty({
    type: String,
    description:
      'Entity tag of the configuration (without active, status and attributes), as it goes into `If-Match`, quotes included.',
    example: '"Zx0hQ2m1cYl6nS8uT4vW9eR3oP7"',
  })
  etag!: string;

  @ApiProperty({ type: [BackingDeviceDto], description: '1 to 6, in the order of the HMC.' })
  backingDevices!: readonly BackingDeviceDto[];

  @ApiAttributes({ lpar_name: 'lizard', slot_num: '6', desired_mode: 'ded', auto_priority_failover: '1' })
  attributes!: Readonly<Record<string, string>>;
}

export class VnicListDto {
  @ApiProperty({ type: [VnicDto] })
  items!: readonly VnicDto[];

  @ApiNextCursor()
  nextCursor!: string | null;
}

/** The document of a vNIC, in replies and as the result of a job. */
export function vnicDto(vnic: Vnic): VnicDto {
  const { backingDevices, attributes, ...typed } = vnic;
  return { ...typed, etag: vnicEtag(vnic), backingDevices, attributes };
}
