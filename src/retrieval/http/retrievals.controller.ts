import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { RequireScope, Unowned } from '../../accounts/index.js';
import { InvalidInput, parseInput, ZodPipe } from '../../platform/http/index.js';
import { parseCid, retrievalId } from '../../shared/index.js';
import { Retrievals } from '../verbs/retrievals.js';
import { presentRetrieval, presentTimeline } from './retrieval.presenter.js';

const page = z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) });
const idShape = z.object({ id: z.uuid() });

/**
 * What became of retrievals. A retrieval is of a DAG, not of somebody's content: whoever knows its CID may look; the
 * list of all is the operator's.
 */
@ApiTags('retrieval')
@ApiBearerAuth()
@Controller()
export class RetrievalsController {
  constructor(private readonly retrievals: Retrievals) {}

  /** At most 500, 50 unless told. @throws InvalidInput */
  @Get('retrievals')
  @RequireScope('admin')
  @ApiOperation({ summary: 'The newest retrievals of everybody' })
  @ApiOkResponse({ description: 'Newest first' })
  async list(@Query(new ZodPipe(page)) { limit }: z.output<typeof page>) {
    return (await this.retrievals.recent(limit)).map(presentRetrieval);
  }

  /** @throws InvalidInput for what is no UUID, and what `Retrievals.byId` throws when there is none */
  @Get('retrievals/:id')
  @Unowned()
  @ApiOperation({ summary: 'One retrieval with its timeline and the reason of each miner that failed' })
  @ApiOkResponse({ description: 'The retrieval' })
  async one(@Param('id') id: string) {
    const { retrieval, transitions } = await this.retrievals.byId(retrievalId(parseInput(idShape, { id }).id));
    return presentTimeline(retrieval, transitions);
  }

  /** A CIDv0 and a CIDv1 of one hash are one. @throws InvalidInput, and what `Retrievals.byRoot` throws */
  @Get('retrieval/status/:cid')
  @Unowned()
  @ApiOperation({ summary: 'The newest retrieval of a root CID, with its timeline' })
  @ApiOkResponse({ description: 'The retrieval' })
  async status(@Param('cid') cid: string) {
    const root = parseCid(cid);
    if (!root) throw new InvalidInput('cid: is not a CID', { details: { fields: ['cid'] } });
    const { retrieval, transitions } = await this.retrievals.byRoot(root);
    return presentTimeline(retrieval, transitions);
  }

  /** `failures` are those among the records that are shown, not more. @throws InvalidInput */
  @Get('admin/retrieval/stats')
  @RequireScope('admin')
  @ApiOperation({ summary: 'Figures over all retrievals, the newest records and the newest failures' })
  @ApiOkResponse({ description: 'Figures, records, failures' })
  async stats(@Query(new ZodPipe(page)) { limit }: z.output<typeof page>) {
    const [figures, records] = await Promise.all([this.retrievals.figures(), this.retrievals.recent(limit)]);
    const shown = records.map(presentRetrieval);
    return { ...figures, records: shown, failures: shown.filter(({ state }) => state === 'failed') };
  }
}
