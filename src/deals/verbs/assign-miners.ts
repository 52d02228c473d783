import { Inject, Injectable } from '@nestjs/common';
import PQueue from 'p-queue';
import { ChainSource } from '../../chain/index.js';
import { ChooseMiners } from '../../miners/index.js';
import { Clock, pricePerEpoch } from '../../shared/index.js';
import type { CommittedPiece, Deal } from '../domain/deal.js';
import { type OpenSlot, pausedMiners } from '../domain/replication-policy.js';
import { type Funds, shortages } from '../domain/budget.js';
import { type Assignment, PostgresDealStore, type Reservation } from '../store/postgres-deal.store.js';
import { DealAdmission, SpendingCaps } from './deal-admission.js';

/** The wallet is read while all reservations wait: a node that is slower than this is as good as gone. */
const WALLET_TIMEOUT_MS = 15_000;

interface Assigned {
  /** New rows, queued. */
  deals: Deal[];
  /** Why some slots stay open, for people; null when none does. */
  lack: string | null;
  /** Deal making is switched off, or stopped by a fault of our node or wallet: nothing is to go out. */
  off: boolean;
  /** When to ask again, where that is known. */
  until?: Date | null;
}

/** Finds a miner for each open slot of a piece, and reserves slot, miner and money in one transaction. */
@Injectable()
export class AssignMiners {
  private readonly reserving = new PQueue({ concurrency: 1 });

  constructor(
    private readonly deals: PostgresDealStore,
    @Inject(ChooseMiners) private readonly chooseMiners: Pick<ChooseMiners, 'run'>,
    private readonly chain: ChainSource,
    private readonly admission: DealAdmission,
    private readonly caps: SpendingCaps,
    private readonly clock: Clock,
  ) {}

  /**
   * `live`: the piece's live deals, whose miners are left out, as are those that failed it lately.
   * @throws ChainUnavailable when the wallet cannot be looked at: nothing is promised blindly
   */
  async run(
    piece: CommittedPiece,
    live: readonly Deal[],
    open: readonly OpenSlot[],
    signal: AbortSignal,
  ): Promise<Assigned> {
    const refusal = await this.admission.refusal(piece.verified);
    if (refusal !== null) return { deals: [], lack: refusal.why, off: true, until: refusal.until };
    if (open.length === 0) return { deals: [], lack: null, off: false };
    const paused = pausedMiners(await this.deals.failuresOf(piece.carId), this.clock.now());
    const { pieceSize, verified, maxPrice } = piece;
    const { chosen, unfit } = await this.chooseMiners.run({
      pieceSize,
      verified,
      maxPrice,
      count: open.length,
      exclude: [...live.map(({ miner }) => miner), ...paused],
      inFlight: await this.deals.inFlight(),
      holders: live.map(({ miner }) => miner),
    });
    const assignments = chosen.slice(0, open.length).map(({ miner, ask }, index): Assignment => {
      const price = verified ? ask.verifiedPrice : ask.price;
      return {
        ...(open[index] as OpenSlot),
        miner,
        price,
        totalCost: pricePerEpoch(price, pieceSize) * BigInt(piece.duration),
      };
    });
    const reserved =
      assignments.length === 0 ? { deals: [], short: null } : await this.reserve(piece, assignments, signal);
    const stopped = assignments.length === 0 ? null : await this.admission.reserved(reserved, verified);
    if (stopped !== null && reserved.deals.length === 0)
      return { deals: [], lack: lackOf(open.length, reserved, chosen.length, []), off: true, until: stopped.until };
    const holders = new Set(live.map(({ miner }) => miner));
    const reasons = [
      ...(holders.size > 0 ? [`${holders.size} have it already`] : []),
      ...[...paused].filter((miner) => !holders.has(miner)).map((miner) => `${miner} failed this piece lately`),
      ...unfit
        .filter(({ miner }) => !holders.has(miner) && !paused.has(miner))
        .map(({ miner, reason }) => `${miner} ${reason}`),
    ];
    return { deals: reserved.deals, lack: lackOf(open.length, reserved, chosen.length, reasons), off: false };
  }

  /** One after the other in this process: who waits for the lock of all reservations takes no connection meanwhile. */
  private async reserve(piece: CommittedPiece, assignments: Assignment[], signal: AbortSignal): Promise<Reservation> {
    const caps = await this.caps.of(piece.userId);
    let unread: unknown;
    const readFunds = () =>
      this.funds(AbortSignal.any([signal, AbortSignal.timeout(WALLET_TIMEOUT_MS)])).catch((error: unknown) => {
        unread = error;
        throw error;
      });
    try {
      return await this.reserving.add(() => this.deals.reserve(piece, assignments, readFunds, caps));
    } catch (error) {
      if (unread !== undefined && !signal.aborted) await this.admission.walletUnread(unread);
      throw error;
    }
  }

  private async funds(signal: AbortSignal): Promise<Funds> {
    const { balance, escrow, locked, dataCap } = await this.chain.wallet(signal);
    return { available: balance + escrow - locked, dataCap };
  }
}

/** Money first: without it, finding more miners would not help. */
function lackOf(wanted: number, reserved: Reservation, found: number, unfit: string[]): string | null {
  if (reserved.short !== null) return shortages[reserved.short];
  if (found >= wanted) return null;
  return `${found} of ${wanted} miners found${unfit.length > 0 ? ` (${unfit.slice(0, 20).join('; ')})` : ''}`;
}
