import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../../accounts/index.js';
import { ZodPipe } from '../../platform/http/index.js';
import { DamageFindings, damageOutcomes } from '../../storage/index.js';
import { PostgresRetrievalStore } from '../store/postgres-retrieval.store.js';
import { presentDamage } from './storage-damage.presenter.js';
import { damageQuery, type DamageQuery } from './storage-damage.dto.js';

/** Damage to what is stored, with the retrievals that were to repair it: for the operator. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireScope('admin')
@Controller('admin/storage')
export class StorageDamageController {
  constructor(
    private readonly findings: DamageFindings,
    private readonly retrievals: PostgresRetrievalStore,
  ) {}

  /**
   * Page and count are two queries. A finding shows the newest retrieval of its root that had begun by its end, unless
   * that one was over before the damage was found. @throws InvalidInput
   */
  @Get('damage')
  @ApiOperation({
    summary: 'Damage that was found in CARs of the nodes, newest first, and what became of it',
    description:
      'The next page: `before` = `next` of this one. `outcome`: open, mended (in place, from another copy), retrieved ' +
      '(by the retrieval that is shown), put-back, uploaded-again, deleted. No more than 10,000 are counted.',
  })
  @ApiOkResponse({ description: 'count, damage, next' })
  @ApiQuery({ name: 'outcome', required: false, enum: damageOutcomes })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 1000, default 100' })
  @ApiQuery({ name: 'before', required: false })
  async damage(@Query(new ZodPipe(damageQuery)) { outcome, limit, before }: DamageQuery) {
    const [rows, count] = await Promise.all([this.findings.page(outcome, limit, before), this.findings.count(outcome)]);
    const repaired = rows.filter(({ root, outcome: end }) => root !== null && ['open', 'retrieved'].includes(end));
    const retrievals = await this.retrievals.newestOf(
      repaired.map(({ root, endedAt }) => ({ root: root ?? '', before: endedAt })),
    );
    return presentDamage(rows, new Map(repaired.map(({ id }, at) => [id, retrievals[at] ?? null])), count, limit);
  }
}
