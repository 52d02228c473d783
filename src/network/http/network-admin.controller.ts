import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../../accounts/index.js';
import { ZodPipe } from '../../platform/http/index.js';
import { Clock } from '../../shared/index.js';
import { providerRecordStates } from '../domain/provider-record.js';
import { ProviderRecordStore } from '../ports/provider-record-store.port.js';
import { IpfsNodeRegistry } from '../store/ipfs-node-registry.store.js';
import { ReprovideNow, type ReprovideRequested } from '../verbs/provide-requests.js';
import {
  announcementsQuery,
  type AnnouncementsQuery,
  MOST_ASKED,
  type ReprovideBody,
  reprovideBody,
} from './network.dto.js';
import { presentIpfs, presentPage } from './network.presenter.js';

/** Our IPFS node and what it announces. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireScope('admin')
@Controller('admin')
export class NetworkAdminController {
  constructor(
    private readonly registry: IpfsNodeRegistry,
    private readonly records: ProviderRecordStore,
    private readonly reprovideNow: ReprovideNow,
    private readonly clock: Clock,
  ) {}

  /** Out of the database: answers also while the node hangs. `node` is null when none was ever up. */
  @Get('ipfs')
  @ApiOperation({
    summary: 'Our IPFS node: kind, agent, peer id, addresses, peers, routing; how many roots it announces',
    description: 'As the worker saw it last, at most 30 s ago while `up`.',
  })
  async ipfs() {
    const [nodes, figures] = await Promise.all([this.registry.nodes(), this.records.figures()]);
    return presentIpfs(nodes, figures, this.clock.now());
  }

  /** Page and count are two queries: a record that changes between them may be in one alone. @throws InvalidInput */
  @Get('announcements')
  @ApiOperation({
    summary: 'What our IPFS node provides and announces, newest first',
    description:
      'The next page: `before` = `next` of this one. `nextAt` null: held, and no routing system to tell. ' +
      'Of failing ones no more than 10,000 are counted.',
  })
  @ApiQuery({ name: 'state', required: false, enum: providerRecordStates })
  @ApiQuery({ name: 'failing', required: false, enum: ['true', 'false'] })
  @ApiQuery({ name: 'cid', required: false, description: 'v0 and v1 alike' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 1000, default 100' })
  @ApiQuery({ name: 'before', required: false })
  async announcements(
    @Query(new ZodPipe(announcementsQuery)) { state, failing, cid, limit, before }: AnnouncementsQuery,
  ) {
    const filter = { state, failing, root: cid };
    const [rows, count] = await Promise.all([this.records.page(filter, limit, before), this.records.count(filter)]);
    return presentPage(rows, count, limit);
  }

  /**
   * Answers when the records are due, not when they are announced. Roots that are not hot here come back in `notHot`.
   * @throws InvalidInput
   */
  @Post('announcements/announce')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Provides and announces these now, up to 1,000; without `cids` the thousand whose turn would come next',
  })
  @ApiBody({
    required: false,
    schema: {
      type: 'object',
      properties: { cids: { type: 'array', items: { type: 'string' }, maxItems: MOST_ASKED } },
    },
  })
  async announce(@Body(new ZodPipe(reprovideBody)) { cids }: ReprovideBody): Promise<ReprovideRequested> {
    return cids === undefined ? this.reprovideNow.next(MOST_ASKED) : this.reprovideNow.run(cids);
  }
}
