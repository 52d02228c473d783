import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Caller, CurrentUser, Unowned } from '../../accounts/index.js';
import { ChainFacts } from '../../chain/index.js';
import { ZodPipe } from '../../platform/http/index.js';
import { parseRowId } from '../../shared/index.js';
import { DealNotFound } from '../domain/deals.errors.js';
import { type DealKey, PostgresDealViewStore, type DealView, type Viewer } from '../store/postgres-deal-view.store.js';
import { EstimateDeals } from '../verbs/estimate-deals.js';
import { type EstimateBody, estimateBody, type FailuresQuery, failuresQuery } from './deals.dto.js';
import {
  presentChainDeal,
  presentDealStatus,
  presentEstimate,
  presentFailure,
  presentProposal,
  presentTimeline,
} from './deals.presenter.js';

/**
 * Deals by each of their names. Every route shows only deals over the caller's own contents; the query sees to it, so
 * all are @Unowned.
 */
@ApiTags('deals')
@ApiBearerAuth()
@Controller('deals')
export class DealsController {
  constructor(
    private readonly dealViews: PostgresDealViewStore,
    private readonly estimateDeals: EstimateDeals,
    private readonly chainFacts: ChainFacts,
  ) {}

  /** Estuary's page of a deal. @throws DealNotFound, also for a deal over somebody else's content */
  @Get('status/:deal')
  @Unowned()
  @ApiOperation({ summary: 'A deal by row id: deal, transfer, chain state' })
  async status(@CurrentUser() caller: Caller, @Param('deal') id: string) {
    return presentDealStatus(await this.find(caller, byRowId(id)), await this.chainFacts.epochClockOrNull());
  }

  /** The proposal's CID as text, as `propCid` shows it. @throws DealNotFound */
  @Get('status-by-proposal/:propcid')
  @Unowned()
  @ApiOperation({ summary: 'A deal by the CID of its proposal' })
  async byProposal(@CurrentUser() caller: Caller, @Param('propcid') proposalCid: string) {
    return presentDealStatus(await this.find(caller, { proposalCid }), await this.chainFacts.epochClockOrNull());
  }

  /** As the chain numbers deals; none before it is published. @throws DealNotFound */
  @Get('by-chain-id/:id')
  @Unowned()
  @ApiOperation({ summary: 'A deal by its id on chain' })
  async byChainId(@CurrentUser() caller: Caller, @Param('id') id: string) {
    return presentDealStatus(await this.find(caller, byChain(id)), await this.chainFacts.epochClockOrNull());
  }

  /** `proposal` is what was sent, null before that; dates and cost are made from the row. @throws DealNotFound */
  @Get('proposal/:propcid')
  @Unowned()
  @ApiOperation({ summary: 'Receipt of a proposal: what was sent to the miner, with dates and cost' })
  async proposal(@CurrentUser() caller: Caller, @Param('propcid') proposalCid: string) {
    return presentProposal(await this.find(caller, { proposalCid }), await this.chainFacts.epochClockOrNull());
  }

  /**
   * The chain's word as of the last check, in the names of Lotus' MarketDeal; the chain is not asked. @throws
   * DealNotFound
   */
  @Get('info/:dealid')
  @Unowned()
  @ApiOperation({ summary: 'Receipt of a deal: what the chain has, with dates and cost' })
  async info(@CurrentUser() caller: Caller, @Param('dealid') id: string) {
    return presentChainDeal(await this.find(caller, byChain(id)), await this.chainFacts.epochClockOrNull());
  }

  /** Oldest first; the first line is the decision to make the deal. @throws DealNotFound */
  @Get(':deal/timeline')
  @Unowned()
  @ApiOperation({ summary: 'Every transition of a deal with time, epoch and cause' })
  async timeline(@CurrentUser() caller: Caller, @Param('deal') id: string) {
    return presentTimeline(await this.find(caller, byRowId(id)), await this.chainFacts.epochClockOrNull());
  }

  /** Of the caller's own contents, also for admins. @throws InvalidInput */
  @Get('failures')
  @ApiOperation({ summary: "What went wrong with deals over the caller's contents, newest first" })
  async failures(@CurrentUser() caller: Caller, @Query(new ZodPipe(failuresQuery)) query: FailuresQuery) {
    return (await this.dealViews.failures({ userId: caller.userId, seesAll: false }, query)).map((view) =>
      presentFailure(view),
    );
  }

  /**
   * Nothing is reserved, and no miner is asked: their last asks count. Fewer asks than wanted mean that fewer miners
   * fit.
   * @throws InvalidInput
   */
  @Post('estimate')
  @HttpCode(200)
  @ApiOperation({
    summary: 'What deals for so many bytes would cost, with the asks of miners that would be chosen now',
  })
  async estimate(@Body(new ZodPipe(estimateBody)) body: EstimateBody) {
    return presentEstimate(
      await this.estimateDeals.run({
        size: body.size,
        replication: body.replication,
        duration: body.durationBlks,
        verified: body.verified,
      }),
    );
  }

  private async find(caller: Caller, key: DealKey): Promise<DealView> {
    const viewer: Viewer = { userId: caller.userId, seesAll: caller.scope === 'admin' };
    const found = await this.dealViews.find(key, viewer);
    if (found === null) throw new DealNotFound('no such deal');
    return found;
  }
}

function byRowId(text: string): DealKey {
  return { id: parseRowId(text) ?? 0n };
}

/** Rows without a chain id have none, not 0. */
function byChain(text: string): DealKey {
  return { chainDealId: parseRowId(text) ?? -1n };
}
