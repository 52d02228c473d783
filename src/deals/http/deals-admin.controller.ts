import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../../accounts/index.js';
import { ZodPipe } from '../../platform/http/index.js';
import { parseRowId } from '../../shared/index.js';
import { nodeFaults } from '../domain/node-fault.js';
import { DealFaultsStore } from '../store/deal-faults.store.js';
import { PostgresContentCarsStore } from '../store/postgres-content-cars.store.js';
import { PostgresDealViewStore } from '../store/postgres-deal-view.store.js';
import { PostgresPieceStore } from '../store/postgres-piece.store.js';
import { OffloadContent } from '../verbs/offload-content.js';
import { type OffloadQuery, offloadQuery, type SwitchBody, switchBody } from './deals.dto.js';
import { presentContent, presentPiece } from './content-deals.presenter.js';

const LISTED = 100;

/** Deal making as a whole, and what may leave this node. Needs a key with scope `admin`. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireScope('admin')
@Controller('admin/cm')
export class DealsAdminController {
  constructor(
    private readonly pieces: PostgresPieceStore,
    private readonly contentCars: PostgresContentCarsStore,
    private readonly dealViews: PostgresDealViewStore,
    private readonly offloadContent: OffloadContent,
    private readonly dealFaults: DealFaultsStore,
  ) {}

  @Get('dealmaking')
  @ApiOperation({ summary: 'Whether new deals are made' })
  async switched() {
    return { enabled: await this.pieces.isDealMakingOn() };
  }

  /** What is with miners already goes on. Kept in the database, so for every process. Idempotent. */
  @Post('dealmaking')
  @HttpCode(200)
  @ApiOperation({ summary: 'Switches deal making on or off; survives restarts' })
  async switch(@Body(new ZodPipe(switchBody)) { enabled }: SwitchBody) {
    await this.pieces.switchDealMaking(enabled);
    return { enabled };
  }

  /** Open ones first, then those that were met last. `fault` is one of the names in domain/node-fault.ts. */
  @Get('faults')
  @ApiOperation({
    summary:
      'What is, or was, wrong with our node or wallet: name, what to do, how often, and whether deals wait for it',
  })
  async faults() {
    return (await this.dealFaults.all()).map(({ rounds: _, ...fault }) => ({
      ...fault,
      about: nodeFaults[fault.fault].about,
      open: fault.resolvedAt === null,
    }));
  }

  /**
   * At most 100 waiting pieces, each with its last error. The parts are read beside each other, not from one snapshot.
   */
  @Get('progress')
  @ApiOperation({ summary: 'Deals and pieces by state, and what the longest waiting pieces wait for' })
  async progress() {
    const [figures, waiting, enabled] = await Promise.all([
      this.dealViews.figures(),
      this.dealViews.waitingPieces(LISTED),
      this.pieces.isDealMakingOn(),
    ]);
    const deals = await this.dealViews.ofPieces(waiting.map(({ carId }) => carId));
    return { ...figures, dealMakingEnabled: enabled, waiting: waiting.map((piece) => presentPiece(piece, deals)) };
  }

  /** At most 100. Nothing is promised: `offload` looks again. */
  @Get('offload/candidates')
  @ApiOperation({ summary: 'Contents whose every piece has all its deals sealed, largest first' })
  async candidates() {
    return (await this.contentCars.offloadable(LISTED)).map(presentContent);
  }

  /**
   * `execute=false` answers the same and changes nothing. @throws what `OffloadContent.run` throws, and changes nothing
   * then
   */
  @Post('offload/:content')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Takes a content off this node when enough miners have sealed it; ?execute=false only looks',
  })
  async offload(@Param('content') id: string, @Query(new ZodPipe(offloadQuery)) { execute }: OffloadQuery) {
    return this.offloadContent.run(parseRowId(id) ?? 0n, execute === 'true');
  }
}
