import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireRole } from '../auth/access.decorators.js';
import { ApiSystemProblems } from '../http/api-problems.decorator.js';
import type { PartitionAddress } from '../http/path-names.js';
import { ApiPartitionParam, ApiSystemParam, PartitionSegment, SystemSegment } from '../http/path-parameters.js';
import { AnswersReadings, ApiReading, type Reading } from '../http/reading.js';
import { ApiChange } from '../jobs/api-change.decorator.js';
import { AnswersChange } from '../jobs/change-answer.interceptor.js';
import { Change, type ChangeContext } from '../jobs/change-request.decorator.js';
import { ChangeService, type ChangeAnswer } from '../jobs/change.service.js';
import { MigrationPreviewDto } from './dto/migration-preview.dto.js';
import { MigrationRequestDto } from './dto/migration-request.dto.js';
import { MigrationsService } from './migrations.service.js';

/** Live Partition Mobility of partitions with vNICs. */
@ApiTags('Migrations')
@ApiSystemParam()
@ApiPartitionParam('iguana')
@Controller('v1/managed-systems/:system/partitions/:partition/migrations')
export class MigrationsController {
  constructor(
    private readonly migrations: MigrationsService,
    private readonly changes: ChangeService,
  ) {}

  @Post('preview')
  @HttpCode(200)
  @RequireRole('viewer')
  @AnswersReadings()
  @ApiOperation({
    operationId: 'previewMigration',
    summary: 'Show where the backing devices would go on another system',
    description:
      'Labels decide: each device goes to a port of the target with the label of its own, an equal sub-label is preferred, and ' +
      'among several ports those that survive the most failures. Shows what is free there, every conflict, the ' +
      '`vnic_mappings` and the `migrlpar -o v` command. Always the same for the same estate. Its `etag`, as `If-Match` of a ' +
      'validation or migration, allows that mapping alone. Changes nothing. Role: viewer.',
  })
  @ApiReading(MigrationPreviewDto, { etag: true })
  @ApiSystemProblems(
    'malformed-json',
    'payload-too-large',
    'unsupported-media-type',
    'unknown-reference',
    'rule-violation',
  )
  preview(
    @SystemSegment() system: string,
    @PartitionSegment() partition: PartitionAddress,
    @Body() body: MigrationRequestDto,
  ): Promise<Reading<MigrationPreviewDto>> {
    return this.migrations.preview(system, partition, body.targetSystem);
  }

  @Post('validate')
  @HttpCode(202)
  @AnswersChange()
  @RequireRole('operator')
  @ApiOperation({
    operationId: 'validateMigration',
    summary: 'Let the HMC validate a migration',
    description:
      'Runs `migrlpar -o v` with the mappings of the preview as a job of the source system. Succeeded: the HMC found nothing ' +
      'that forbids it (exit status 0); what it says all the same stands in `result.hmcMessage` and `warnings`: read it. ' +
      'Failed: its words say why not. Changes nothing. What can be seen to be impossible is refused at once, with every ' +
      'conflict. `If-Match` takes the `etag` of the preview: another mapping is then not asked for. Role: operator.',
  })
  @ApiChange('partition.validate-migration', 'unknown-reference', 'rule-violation', 'migration-not-possible')
  validate(
    @SystemSegment() system: string,
    @PartitionSegment() partition: PartitionAddress,
    @Body() body: MigrationRequestDto,
    @Change() context: ChangeContext,
  ): Promise<ChangeAnswer> {
    return this.accept('partition.validate-migration', system, partition, body, context);
  }

  @Post()
  @HttpCode(202)
  @AnswersChange()
  @RequireRole('admin')
  @ApiOperation({
    operationId: 'migratePartition',
    summary: 'Migrate a partition to another system',
    description:
      'Runs `migrlpar -o m` with the mappings of the preview, which validates first, as a job that holds the lanes of both ' +
      'systems. The result is the partition on the target, with its vNICs. `If-Match` takes the `etag` of the preview, or of ' +
      'the result of a validation: the partition moves by that mapping or not at all. Role: admin.',
  })
  @ApiChange('partition.migrate', 'unknown-reference', 'rule-violation', 'migration-not-possible')
  migrate(
    @SystemSegment() system: string,
    @PartitionSegment() partition: PartitionAddress,
    @Body() body: MigrationRequestDto,
    @Change() context: ChangeContext,
  ): Promise<ChangeAnswer> {
    return this.accept('partition.migrate', system, partition, body, context);
  }

  private accept(
    operation: 'partition.validate-migration' | 'partition.migrate',
    system: string,
    partition: PartitionAddress,
    body: MigrationRequestDto,
    context: ChangeContext,
  ): Promise<ChangeAnswer> {
    const { targetSystem } = body;
    return this.changes.accept({ operation, system, address: { partition }, targetSystem, body, ...context });
  }
}
