import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/prisma/index.js';
import { Clock, type DealId, type Epoch } from '../../shared/index.js';
import type { Deal, Piece } from '../domain/deal.js';
import { DealTransitions, type TransitionNote } from './deal-transitions.js';
import { toDeal, toPiece } from './rows.js';

/** Rows of deals that are queued, on the way to their miner. */
@Injectable()
export class ProposalStore {
  constructor(
    private readonly database: Database,
    private readonly transitions: DealTransitions,
    private readonly clock: Clock,
  ) {}

  /** Takes a due, unsent deal for `leaseMs`; null when somebody else has it. */
  async claim(id: DealId, leaseMs: number): Promise<{ deal: Deal; piece: Piece } | null> {
    const now = this.clock.now();
    const rows = await this.database.deal.updateManyAndReturn({
      where: { id: BigInt(id), state: 'queued', checkAt: { lte: now } },
      data: { checkAt: new Date(now.getTime() + leaseMs) },
    });
    const row = rows[0];
    if (!row) return null;
    return {
      deal: toDeal(row),
      piece: toPiece(await this.database.piece.findUniqueOrThrow({ where: { carId: row.carId } })),
    };
  }

  /** The worker that claimed it is still at it. */
  async extend(id: DealId, leaseMs: number): Promise<void> {
    await this.unclear(id, new Date(this.clock.now().getTime() + leaseMs));
  }

  /** The last thing before a proposal goes out: from here on a restart has to ask the node whether it went. */
  async markSending(id: DealId, startEpoch: Epoch, endEpoch: Epoch): Promise<void> {
    await this.database.deal.updateMany({
      where: { id: BigInt(id), state: 'queued' },
      data: { proposingSince: this.clock.now(), startEpoch, endEpoch },
    });
  }

  /** It is known that no proposal went out. */
  async notSent(id: DealId, againAt: Date): Promise<void> {
    await this.database.deal.updateMany({
      where: { id: BigInt(id), state: 'queued' },
      data: { proposingSince: null, checkAt: againAt },
    });
  }

  /** Nobody knows whether it went out: `proposingSince` stays. */
  async unclear(id: DealId, againAt: Date): Promise<void> {
    await this.database.deal.updateMany({ where: { id: BigInt(id), state: 'queued' }, data: { checkAt: againAt } });
  }

  /** queued -> proposed with the proposal's CID; null when the row is not queued any more. */
  async sent(deal: Deal, proposalCid: string, note: TransitionNote): Promise<Deal | null> {
    return this.transitions.advance(deal, 'proposed', { proposalCid }, note);
  }

  /** Those of the proposals that no row knows. */
  async unknown(proposalCids: readonly string[]): Promise<Set<string>> {
    const known = await this.database.deal.findMany({
      where: { proposalCid: { in: [...proposalCids] } },
      select: { proposalCid: true },
    });
    const taken = new Set(known.map(({ proposalCid }) => proposalCid));
    return new Set(proposalCids.filter((cid) => !taken.has(cid)));
  }

  async due(limit: number): Promise<DealId[]> {
    const rows = await this.database.deal.findMany({
      where: { state: 'queued', live: true, checkAt: { lte: this.clock.now() } },
      orderBy: { checkAt: 'asc' },
      take: limit,
    });
    return rows.map((row) => toDeal(row).id);
  }
}
