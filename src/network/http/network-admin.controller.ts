import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../../accounts/index.js';
import { ZodPipe } from '../../platform/http/index.js';
import { Clock } from '../../shared/index.js';
import { announcementStates } from '../domain/announcement.js';
import { AnnouncementList } from '../ports/announcement-list.port.js';
import { DelegateBoard } from '../ports/delegate-board.port.js';
import { UrgeRoots, type Urged } from '../verbs/urge-roots.js';
import { announcementsQuery, type AnnouncementsQuery, MOST_URGED, type UrgeBody, urgeBody } from './network.dto.js';
import { presentIpfs, presentPage } from './network.presenter.js';

/** Our IPFS node and what it announces. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireScope('admin')
@Controller('admin')
export class NetworkAdminController {
  constructor(
    private readonly board: DelegateBoard,
    private readonly list: AnnouncementList,
    private readonly urge: UrgeRoots,
    private readonly clock: Clock,
  ) {}

  @Get('ipfs')
  @ApiOperation({
    summary: 'Our IPFS node: kind, agent, peer id, addresses, peers, routing; how many roots it announces',
    description: 'As the worker saw it last, at most 30 s ago while `up`.',
  })
  async ipfs(): Promise<object> {
    const [nodes, figures] = await Promise.all([this.board.nodes(), this.list.figures()]);
    return presentIpfs(nodes, figures, this.clock.now());
  }

  @Get('announcements')
  @ApiOperation({
    summary: 'What our IPFS node holds and announces, newest first',
    description:
      'The next page: `before` = `next` of this one. `nextAt` null: held, and no routing system to tell. Of failing ones no more than 10,000 are counted.',
  })
  @ApiQuery({ name: 'state', required: false, enum: announcementStates })
  @ApiQuery({ name: 'failing', required: false, enum: ['true', 'false'] })
  @ApiQuery({ name: 'cid', required: false, description: 'v0 and v1 alike' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 1000, default 100' })
  @ApiQuery({ name: 'before', required: false })
  async announcements(
    @Query(new ZodPipe(announcementsQuery)) { state, failing, cid, limit, before }: AnnouncementsQuery,
  ): Promise<object> {
    const filter = { state, failing, root: cid };
    const [rows, count] = await Promise.all([this.list.page(filter, limit, before), this.list.count(filter)]);
    return presentPage(rows, count, limit);
  }

  @Post('announcements/announce')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Holds and announces these now, up to 1,000; without `cids` the thousand whose turn would come next',
  })
  @ApiBody({
    required: false,
    schema: {
      type: 'object',
      properties: { cids: { type: 'array', items: { type: 'string' }, maxItems: MOST_URGED } },
    },
  })
  async announce(@Body(new ZodPipe(urgeBody)) { cids }: UrgeBody): Promise<Urged> {
    return cids === undefined ? this.urge.next(MOST_URGED) : this.urge.run(cids);
  }
}
