import { ApiProperty } from '@nestjs/swagger';
import { ApiAttributes } from '../../http/attributes.decorator.js';
import { ApiNextCursor } from '../../http/page.dto.js';
import type { MergedSystem } from '../../inventory/inventory.js';

/** How one HMC sees a managed system. */
class SystemOnHmcDto {
  @ApiProperty({ type: String, description: 'Id of the HMC in the configuration.', example: 'hmc1' })
  id!: string;

  @ApiProperty({ type: String, description: 'Name of the system on this HMC.', example: 'reptilian-9119-MME-65BA46F' })
  name!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'State as this HMC sees it: `Operating`, `Power Off`, `No Connection` …; null when it does not say.',
    example: 'Operating',
  })
  state!: string | null;
}

export class ManagedSystemDto {
  @ApiProperty({
    type: String,
    description: 'Type-model*serial: the identity of the system. Its name is only a label and may repeat.',
    example: '9119-MME*65BA46F',
  })
  mtms!: string;

  @ApiProperty({
    type: String,
    description: 'Name on the HMC that serves the system.',
    example: 'reptilian-9119-MME-65BA46F',
  })
  name!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'State on the HMC that serves the system: one that sees it `Operating`, if any.',
    example: 'Operating',
  })
  state!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Address of the service processor.',
    example: '10.128.0.23',
  })
  ipAddress!: string | null;

  @ApiProperty({ type: [SystemOnHmcDto], description: 'The HMCs that list it, in the order in which they are asked.' })
  hmcs!: SystemOnHmcDto[];

  @ApiAttributes({ type_model: '9119-MME', serial_num: '65BA46F', state: 'Operating' })
  attributes!: Readonly<Record<string, string>>;
}

export class ManagedSystemListDto {
  @ApiProperty({ type: [ManagedSystemDto] })
  items!: readonly ManagedSystemDto[];

  @ApiNextCursor()
  nextCursor!: string | null;
}

export function managedSystemDto(system: MergedSystem): ManagedSystemDto {
  const serving = system.seenBy[0]?.system;
  return {
    mtms: system.mtms,
    name: system.name,
    state: system.state,
    ipAddress: serving?.ipAddress ?? null,
    hmcs: system.seenBy.map(({ hmcId, system: { name, state } }) => ({ id: hmcId, name, state })),
    attributes: serving?.attributes ?? {},
  };
}
