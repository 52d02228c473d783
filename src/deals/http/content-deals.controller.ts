import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Caller, CurrentUser, Owned, Public, Unowned } from '../../accounts/index.js';
import { ChainFacts } from '../../chain/index.js';
import { ContentNotFound } from '../../content/index.js';
import { InvalidInput, ZodPipe } from '../../platform/http/index.js';
import { canonicalCid, parseCid, parseRowId } from '../../shared/index.js';
import { PostgresDealViewStore } from '../store/postgres-deal-view.store.js';
import { ReadContentDeals } from '../verbs/read-content-deals.js';
import { PieceTerms } from '../verbs/piece-registry.js';
import {
  type FailuresQuery,
  failuresQuery,
  type PageQuery,
  pageQuery,
  type TermsBody,
  termsBody,
} from './deals.dto.js';
import { presentContent, presentContentStatus, presentPublicContent } from './content-deals.presenter.js';
import { presentFailure } from './deals.presenter.js';

const BY_CID_LIMIT = 100;

/** Contents as their deals see them. Answered from rows: no miner and no node is asked while somebody waits. */
@ApiTags('content')
@Controller()
export class ContentDealsController {
  constructor(
    private readonly readContentDeals: ReadContentDeals,
    private readonly dealViews: PostgresDealViewStore,
    private readonly pieceTerms: PieceTerms,
    private readonly chainFacts: ChainFacts,
  ) {}

  /**
   * Estuary's `GET /content/status/:id`. Dates of epochs are null while the chain cannot be asked. @throws
   * ContentNotFound
   */
  @Get('content/status/:id')
  @Owned('content', 'id')
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'A content with its pieces, its deals (transfer and chain state), and how far replication is',
  })
  @ApiOkResponse({ description: 'content, deals[{deal, transfer, onChainState}], failuresCount, pieces, progress' })
  async status(@Param('id') id: string) {
    const found = await this.readContentDeals.ofContent(parseRowId(id) ?? 0n);
    if (found === null) throw new ContentNotFound('no such content');
    return presentContentStatus(found.content, found.pieces, found.deals, await this.chainFacts.epochClockOrNull());
  }

  /**
   * Only upwards. Answers as `status` does, with the new terms; pieces that the caller may not raise stay as they are.
   * @throws InvalidInput, ContentNotFound, DealTermsAboveCap, TermsNotRaised when no piece would change
   */
  @Post('content/terms/:content')
  @HttpCode(200)
  @Owned('content', 'content')
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Raises replication or price cap of a content that is stored already (in a shared piece: admins only)',
  })
  @ApiBody({
    schema: {
      type: 'object',
      properties: {
        replication: { type: 'integer' },
        maxPrice: { type: 'string', description: 'attoFIL per GiB per epoch' },
      },
    },
  })
  async raise(
    @CurrentUser() caller: Caller,
    @Param('content') id: string,
    @Body(new ZodPipe(termsBody)) body: TermsBody,
  ) {
    const { content, pieces, deals } = await this.pieceTerms.raise(parseRowId(id) ?? 0n, body, caller);
    return presentContentStatus(content, pieces, deals, await this.chainFacts.epochClockOrNull());
  }

  /** By content, whatever the state of its deals. @throws InvalidInput */
  @Get('content/deals')
  @ApiBearerAuth()
  @ApiOperation({ summary: "The caller's contents that have deals, newest first" })
  async list(@CurrentUser() caller: Caller, @Query(new ZodPipe(pageQuery)) page: PageQuery) {
    const [found, dates] = await Promise.all([
      this.readContentDeals.ofUser(caller.userId, page),
      this.chainFacts.epochClockOrNull(),
    ]);
    return found.map(({ content, pieces, deals }) => ({
      ...presentContent(content),
      aggregatedFiles: 0,
      ...presentContentStatus(content, pieces, deals, dates),
    }));
  }

  /** Newest first; `before` is the last deal's id of the page before. The owner guard has been here. */
  @Get('content/failures/:content')
  @Owned('content', 'content')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Every deal of this content that went wrong: phase, typed reason, miner, its words' })
  async failures(
    @CurrentUser() caller: Caller,
    @Param('content') id: string,
    @Query(new ZodPipe(failuresQuery)) query: FailuresQuery,
  ) {
    const found = await this.dealViews.failures(
      { userId: caller.userId, seesAll: true },
      { contentId: parseRowId(id) ?? 0n, ...query },
    );
    return found.map((view) => presentFailure(view, id));
  }

  /**
   * At most 100, newest first; for admins those of everybody. An empty list where there is none. @throws InvalidInput
   */
  @Get('deals/by-cid/:cid')
  @Unowned()
  @ApiBearerAuth()
  @ApiOperation({ summary: "The caller's contents with this CID (v0 or v1) and their deals" })
  async mineByCid(@CurrentUser() caller: Caller, @Param('cid') cid: string) {
    const [found, dates] = await Promise.all([
      this.readContentDeals.byRoot(rootOf(cid), caller.scope === 'admin' ? null : caller.userId, BY_CID_LIMIT),
      this.chainFacts.epochClockOrNull(),
    ]);
    return found.map(({ content, pieces, deals }) => presentContentStatus(content, pieces, deals, dates));
  }

  /**
   * Of the newest content with this root alone, since all share their pieces; no account and no name is told.
   * @throws InvalidInput for what is no CID
   */
  @Get('public/by-cid/:cid')
  @Public()
  @ApiOperation({ summary: 'Who stores this CID: deals on chain, without their owners' })
  async byCid(@Param('cid') cid: string) {
    const [found, dates] = await Promise.all([
      this.readContentDeals.byRoot(rootOf(cid), null, 1),
      this.chainFacts.epochClockOrNull(),
    ]);
    return found.map(({ content, pieces, deals }) => presentPublicContent(content, pieces, deals, dates));
  }
}

function rootOf(text: string): string {
  const cid = parseCid(text);
  if (cid === null) throw new InvalidInput('cid: not a CID');
  return canonicalCid(cid);
}
