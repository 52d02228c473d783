import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Public, RequireScope, Unowned } from '../../accounts/index.js';
import { ZodPipe } from '../../platform/http/index.js';
import { Clock, type MinerId } from '../../shared/index.js';
import { MinerRegistry } from '../verbs/miner-registry.js';
import { RefreshMiner } from '../verbs/refresh-miners.js';
import { addQuery, infoInput, minerAddress, suspendInput } from './miners.dto.js';
import { askView, minerView } from './miners.presenter.js';

const address = new ZodPipe(minerAddress);

/** Whom the operator deals with. Paths and answers are Estuary's. Needs a key with scope `admin`. */
@ApiTags('admin: miners')
@ApiBearerAuth()
@RequireScope('admin')
@Controller('admin/miners')
export class AdminMinersController {
  constructor(
    private readonly registry: MinerRegistry,
    private readonly clock: Clock,
  ) {}

  /** By address. Breaker and suspension are as of now; asks and chain facts as they were heard last. */
  @Get()
  @ApiOperation({ summary: 'Every miner on record: chain info, ask, breaker, success' })
  @ApiOkResponse({ description: 'A list of miners' })
  async all() {
    const now = this.clock.now();
    return (await this.registry.list()).map((miner) => minerView(miner, now));
  }

  /** Asks the chain now; a second time changes the name at most. @throws InvalidInput, NoSuchMiner, ChainUnavailable */
  @Post('add/:miner')
  @HttpCode(200)
  @ApiOperation({ summary: 'Make a miner known' })
  @ApiQuery({ name: 'name', required: false })
  async addOne(
    @Param('miner', address) miner: MinerId,
    @Query(new ZodPipe(addQuery)) { name }: z.output<typeof addQuery>,
  ) {
    await this.registry.add(miner, name);
    return {};
  }

  /** Deals that live stay. A second time replaces reason and end. @throws InvalidInput, MinerNotFound */
  @Post('suspend/:miner')
  @HttpCode(200)
  @ApiOperation({ summary: 'No new deals with this miner' })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['reason'],
      properties: { reason: { type: 'string' }, until: { type: 'string', format: 'date-time' } },
    },
  })
  async suspendOne(
    @Param('miner', address) miner: MinerId,
    @Body(new ZodPipe(suspendInput)) { reason, until }: z.output<typeof suspendInput>,
  ) {
    await this.registry.suspend(miner, reason, until ?? null);
    return {};
  }

  /** Harmless for a miner that is not suspended. @throws InvalidInput, MinerNotFound */
  @Put('unsuspend/:miner')
  @ApiOperation({ summary: 'New deals with this miner again' })
  async unsuspendOne(@Param('miner', address) miner: MinerId) {
    await this.registry.unsuspend(miner);
    return {};
  }

  /** The name is for people; by the region copies are spread. @throws InvalidInput, MinerNotFound */
  @Put('set-info/:miner')
  @ApiOperation({ summary: 'The name under which people see this miner, and the region it is in' })
  @ApiBody({ schema: { type: 'object', properties: { name: { type: 'string' }, region: { type: 'string' } } } })
  async setInfo(
    @Param('miner', address) miner: MinerId,
    @Body(new ZodPipe(infoInput)) { name, region }: z.output<typeof infoInput>,
  ) {
    if (name !== undefined) await this.registry.rename(miner, name);
    if (region !== undefined) await this.registry.place(miner, region === '' ? null : region);
    return {};
  }
}

/** For everybody: a miner asked while somebody waits. */
@ApiTags('miners')
@Controller('public/miners/storage/query')
export class AskController {
  constructor(private readonly refreshMiner: RefreshMiner) {}

  @Get(':miner')
  @Public()
  @Unowned()
  @ApiOperation({ summary: 'What a miner asks, asked now' })
  @ApiOkResponse({
    description: 'miner, price, verifiedPrice (attoFIL per GiB and epoch), minPieceSize, maxPieceSize (padded bytes)',
  })
  async ask(@Param('miner', address) miner: MinerId) {
    return askView(miner, await this.refreshMiner.ask(miner));
  }
}
