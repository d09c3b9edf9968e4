import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { RequestFault } from './problem-document.js';

/** How a problem document stands in the OpenAPI document. */
export class ProblemDocumentDto {
  @ApiProperty({
    type: String,
    format: 'uri',
    description: 'Says what kind of problem it is. Stable: programs should look at this.',
    example: 'urn:hmc-vnic-gateway:problem:target-not-found',
  })
  type!: string;

  @ApiProperty({ type: String, description: 'The kind in words; the same for every problem of the type.' })
  title!: string;

  @ApiProperty({ type: 'integer', description: 'The HTTP status.', example: 404 })
  status!: number;

  @ApiProperty({ type: String, description: 'What is wrong this time, and what to do about it.' })
  detail!: string;

  @ApiPropertyOptional({ type: String, description: 'The request or the job that it happened to.' })
  instance?: string;

  @ApiPropertyOptional({ type: String, description: 'Id of the request: the header X-Request-Id, and in the log.' })
  requestId?: string;

  @ApiPropertyOptional({
    type: 'array',
    description: 'Where single members of the request are at fault: the first 50 of them.',
    maxItems: 50,
    items: {
      type: 'object',
      required: ['detail'],
      properties: {
        pointer: { type: 'string', description: 'JSON Pointer (RFC 6901) into the body.' },
        parameter: { type: 'string', description: 'Name of a path, query or header parameter.' },
        detail: { type: 'string' },
      },
    },
  })
  errors?: RequestFault[];

  @ApiPropertyOptional({ type: 'integer', description: 'How many are at fault, when `errors` does not name all.' })
  errorsTotal?: number;

  @ApiPropertyOptional({
    type: 'array',
    description: '`ambiguous-name`: the MTMS of each system, or id and name of each partition, of that name.',
    items: {
      oneOf: [
        { type: 'string' },
        { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' } }, required: ['id', 'name'] },
      ],
    },
  })
  candidates?: (string | { id: number; name: string })[];

  @ApiPropertyOptional({ type: String, description: 'Id of the HMC that it happened on.', example: 'hmc1' })
  hmc?: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'The code that the HMC gave; null when it gave none.',
    example: 'HSCL8012',
  })
  hmcCode?: string | null;

  @ApiPropertyOptional({ type: [String], description: 'The codes inside the first one, outermost first.' })
  wrappedCodes?: string[];

  @ApiPropertyOptional({ type: String, description: 'What the HMC said, as it said it.' })
  hmcMessage?: string;

  @ApiPropertyOptional({ type: String, description: 'The command line.' })
  command?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'The exit status of the command.', example: 1 })
  exitStatus?: number;

  @ApiPropertyOptional({ type: Boolean, description: 'Whether the same request may succeed later as it is.' })
  retryable?: boolean;

  @ApiPropertyOptional({ type: String, description: 'What to do about what the HMC said.' })
  advice?: string;

  @ApiPropertyOptional({
    type: String,
    description: 'What became of the command where the HMC did not answer: `unreachable`, `timed-out`, `lost` …',
    example: 'unreachable',
  })
  reason?: string;

  @ApiPropertyOptional({ type: String, description: 'What could not be understood of what the HMC printed.' })
  excerpt?: string;

  @ApiPropertyOptional({
    type: 'array',
    description: 'What each HMC answered, where several were asked.',
    items: {
      type: 'object',
      required: ['problem', 'detail'],
      properties: { id: { type: 'string' }, problem: { type: 'string' }, detail: { type: 'string' } },
    },
  })
  hmcs?: { id: string; problem: string; detail: string }[];

  @ApiPropertyOptional({ type: 'integer', description: 'The same as the header Retry-After.', example: 5 })
  retryAfterSeconds?: number;

  @ApiPropertyOptional({
    enum: ['none', 'partial'],
    description: 'Of a job that failed: whether something of the change was made all the same.',
  })
  effect?: 'none' | 'partial';

  @ApiPropertyOptional({
    type: Boolean,
    description: 'Whether the change may stand in the profile of the partition although it was refused.',
  })
  profileMayDiffer?: boolean;

  @ApiPropertyOptional({
    type: String,
    description: '`forbidden`: the least role that may do this.',
    example: 'operator',
  })
  requiredRole?: string;

  @ApiPropertyOptional({
    type: String,
    description: '`store-unavailable`: the id that the job has, or would have if it was stored.',
  })
  jobId?: string;

  @ApiPropertyOptional({ type: String, description: 'Of a job that cannot be canceled or reconciled: its state.' })
  state?: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: '`partition-state`: the state, as the HMC prints it; null where it prints none.',
  })
  partitionState?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: '`partition-state`: the RMC connection, as the HMC prints it; null where it prints none.',
  })
  rmcState?: string | null;

  @ApiPropertyOptional({ type: Number, description: 'Percent: the step of capacities on this physical port.' })
  capacityGranularity?: number;

  @ApiPropertyOptional({ type: Number, description: '`port-full`: percent of the physical port that are left.' })
  capacityLeft?: number;

  @ApiPropertyOptional({ type: 'integer', description: '`port-full`: logical ports that are left.' })
  logicalPortsLeft?: number;

  @ApiPropertyOptional({ type: String, description: '`port-in-use`: the backing device that is there.' })
  logicalPortId?: string;

  @ApiPropertyOptional({ type: String, description: '`not-lowest-priority`: the device that has the lowest number.' })
  preferredLogicalPortId?: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: '`backing-device-not-operational`: the status of the device, as the HMC prints it.',
  })
  deviceStatus?: string | null;

  @ApiPropertyOptional({
    type: 'array',
    description: '`no-operational-backing-device`: the other devices.',
    items: {
      type: 'object',
      required: ['logicalPortId', 'status'],
      properties: { logicalPortId: { type: 'string' }, status: { type: ['string', 'null'] } },
    },
  })
  backingDevices?: { logicalPortId: string; status: string | null }[];

  @ApiPropertyOptional({ type: String, description: '`network-disruption`: the command that would take too much.' })
  step?: string;

  @ApiPropertyOptional({
    type: 'integer',
    description: '`network-disruption`: how many devices would be left working.',
  })
  operationalDevices?: number;

  @ApiPropertyOptional({ type: 'integer', description: '`network-disruption`: how many have to be left working.' })
  leastOperationalDevices?: number;

  @ApiPropertyOptional({ type: 'integer', description: '`no-placement`: how many devices can be placed.' })
  possible?: number;

  @ApiPropertyOptional({
    type: 'array',
    description: '`no-placement`: ports that take no device now, and why.',
    items: {
      type: 'object',
      required: ['adapterId', 'physicalPortId', 'code', 'reason'],
      properties: {
        adapterId: { type: 'integer' },
        physicalPortId: { type: 'integer' },
        code: { type: 'string', description: 'As in the answer of a placement.' },
        reason: { type: 'string' },
      },
    },
  })
  excludedPorts?: { adapterId: number; physicalPortId: number; code: string; reason: string }[];

  @ApiPropertyOptional({
    type: 'array',
    description: '`no-placement`: Virtual I/O Servers that take no device now, and why.',
    items: {
      type: 'object',
      required: ['name', 'id', 'reason'],
      properties: { name: { type: 'string' }, id: { type: 'integer' }, reason: { type: 'string' } },
    },
  })
  excludedVirtualIoServers?: { name: string; id: number; reason: string }[];

  @ApiPropertyOptional({
    type: 'array',
    description:
      '`migration-not-possible`: everything that is wrong. With `slot` and `logicalPortId` it is about that backing device of ' +
      'the partition, with `adapterId` and `physicalPortId` about that port of the target.',
    items: {
      type: 'object',
      required: ['code', 'detail'],
      properties: {
        code: { type: 'string', description: 'As in the preview of the migration.' },
        detail: { type: 'string' },
        slot: { type: 'integer' },
        logicalPortId: { type: 'string' },
        adapterId: { type: 'integer' },
        physicalPortId: { type: 'integer' },
      },
    },
  })
  conflicts?: {
    code: string;
    detail: string;
    slot?: number;
    logicalPortId?: string;
    adapterId?: number;
    physicalPortId?: number;
  }[];

  @ApiPropertyOptional({
    type: 'array',
    description: '`port-carries-vnics`: every vNIC with a backing device on the port.',
    items: {
      type: 'object',
      required: ['partition', 'slot', 'macAddress'],
      properties: {
        partition: {
          type: 'object',
          required: ['name', 'id'],
          properties: { name: { type: 'string' }, id: { type: 'integer' } },
        },
        slot: { type: 'integer' },
        macAddress: { type: ['string', 'null'] },
      },
    },
  })
  vnics?: { partition: { name: string; id: number }; slot: number; macAddress: string | null }[];

  @ApiPropertyOptional({ type: [String], description: 'The labels that ports of the system have.' })
  labels?: string[];
}
