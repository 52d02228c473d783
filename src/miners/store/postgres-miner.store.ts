import { Injectable } from '@nestjs/common';
import { Outbox } from '../../platform/outbox/index.js';
import { Database, Prisma, query } from '../../platform/prisma/index.js';
import { Clock, minerId, type MinerId, spellings } from '../../shared/index.js';
import type { KnownAsk, Miner, MinerOnRecord, SuspendedBy } from '../domain/miner.js';
import { minerSuspended, minerUnsuspended } from '../domain/miners.events.js';
import type { Score } from '../domain/score.js';
import type { Ask } from '../ports/ask-source.port.js';
import { MinerStore, type Standing } from '../ports/miner-store.port.js';
import { LOCK_MINER } from './miners.sql.js';

const withNewestAsk = { asks: { orderBy: { id: 'desc' }, take: 1 } } as const;
type Row = Prisma.MinerGetPayload<{ include: typeof withNewestAsk }>;

/** Tables `miners` and `miner_asks`. */
@Injectable()
export class PostgresMinerStore extends MinerStore {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {
    super();
  }

  /** In the order of addresses as text, each with its newest ask alone. */
  async list(): Promise<Miner[]> {
    return (await this.database.miner.findMany({ include: withNewestAsk, orderBy: { address: 'asc' } })).map(toMiner);
  }

  /** Under the letter of either network: `f01234` finds `t01234`. */
  async find(address: MinerId): Promise<Miner | null> {
    const row = await this.database.miner.findFirst({
      where: { address: { in: spellings(address) } },
      include: withNewestAsk,
    });
    return row && toMiner(row);
  }

  /** One upsert: of two at once the later one's facts stand. */
  async record({ address, ...facts }: MinerOnRecord): Promise<void> {
    const data = { ...facts, updatedAt: this.clock.now() };
    await this.database.miner.upsert({ where: { address }, create: { address, ...data }, update: data });
  }

  /** One transaction that holds the miner's row: two answers at once come one after the other. */
  async heardAsk(address: MinerId, ask: Ask, at: Date): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { count } = await tx.miner.updateMany({ where: { address }, data: { askError: null, askErrorAt: null } });
      if (count === 0) return;
      const newest = await tx.minerAsk.findFirst({ where: { miner: address }, orderBy: { id: 'desc' } });
      if (newest && sameAsk(toAsk(newest), ask))
        await tx.minerAsk.update({ where: { id: newest.id }, data: { seenAt: at } });
      else
        await tx.minerAsk.create({
          data: {
            miner: address,
            price: String(ask.price),
            verifiedPrice: String(ask.verifiedPrice),
            minPieceSize: ask.minPieceSize,
            maxPieceSize: ask.maxPieceSize,
            at,
            seenAt: at,
          },
        });
    });
  }

  /** The last reason stands, with its time; earlier ones are not kept. */
  async missedAsk(address: MinerId, reason: string, at: Date): Promise<void> {
    await this.database.miner.updateMany({ where: { address }, data: { askError: reason, askErrorAt: at } });
  }

  /** `change` runs while the miner's row is locked: it must be quick and do nothing else. */
  async changeStanding(address: MinerId, change: (before: Standing) => Standing): Promise<void> {
    await this.database.transaction(async (tx) => {
      await query(tx, LOCK_MINER, [address]);
      const row = await tx.miner.findUnique({ where: { address } });
      if (!row) return;
      const { breaker, success } = change(standingOf(row));
      await tx.miner.update({
        where: { address },
        data: {
          failures: breaker.failures,
          openUntil: breaker.openUntil,
          successScore: success.share,
          successWeight: success.weight,
          scoredAt: success.at,
        },
      });
    });
  }

  /** One conditional UPDATE: of several at once one gets true. False also while the breaker is not half-open. */
  async claimProbe(address: MinerId, now: Date, until: Date): Promise<boolean> {
    const { count } = await this.database.miner.updateMany({
      where: { address, openUntil: { lte: now } },
      data: { openUntil: until },
    });
    return count === 1;
  }

  /** One transaction: the course never shows a score that the miner does not have. */
  async recordScore(address: MinerId, score: Score & { heldDeals: number }, now: Date): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const { count } = await tx.miner.updateMany({
        where: { address },
        data: { score: score.score, scoreEvidence: score.evidence, heldDeals: score.heldDeals },
      });
      if (count === 0) return false;
      const day = new Date(`${now.toISOString().slice(0, 10)}T00:00:00Z`);
      const data = { score: score.score, lines: score.lines as unknown as Prisma.InputJsonValue, at: now };
      await tx.minerScore.upsert({
        where: { miner_day: { miner: address, day } },
        create: { miner: address, day, ...data },
        update: data,
      });
      return true;
    });
  }

  /** An operator's second word replaces reason and end, and is announced again; a rule's does not. */
  async suspend(address: MinerId, reason: string, until: Date | null, by: SuspendedBy = 'operator'): Promise<boolean> {
    const now = this.clock.now();
    const mayBe = by === 'rule' ? { OR: [{ suspended: false }, { suspendedUntil: { lte: now } }] } : {};
    return this.database.transaction(async (tx) => {
      const { count } = await tx.miner.updateMany({
        where: { address, ...mayBe },
        data: {
          suspended: true,
          suspendedReason: reason,
          suspendedUntil: until,
          suspendedBy: by,
          suspendedSince: now,
          judgedFrom: until ?? now,
          updatedAt: now,
        },
      });
      if (count === 1)
        await this.outbox.add(tx, minerSuspended, { miner: address, reason, until: until?.toISOString() ?? null });
      return count === 1;
    });
  }

  /** True also for a miner that is not suspended. */
  async unsuspend(address: MinerId): Promise<boolean> {
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const { count } = await tx.miner.updateMany({
        where: { address },
        data: {
          suspended: false,
          suspendedReason: null,
          suspendedUntil: null,
          suspendedBy: null,
          suspendedSince: null,
          judgedFrom: now,
          updatedAt: now,
        },
      });
      if (count === 1) await this.outbox.add(tx, minerUnsuspended, { miner: address });
      return count === 1;
    });
  }

  /** Any text; the empty one takes the name away. */
  async rename(address: MinerId, name: string): Promise<boolean> {
    return (
      (await this.database.miner.updateMany({ where: { address }, data: { name, updatedAt: this.clock.now() } }))
        .count === 1
    );
  }

  async place(address: MinerId, region: string | null): Promise<boolean> {
    const { count } = await this.database.miner.updateMany({
      where: { address },
      data: { region, updatedAt: this.clock.now() },
    });
    return count === 1;
  }
}

function toMiner(row: Row): Miner {
  const [ask] = row.asks;
  return {
    address: minerId(row.address),
    name: row.name,
    peerId: row.peerId,
    addresses: row.addresses as string[],
    httpUrl: row.httpUrl,
    owner: row.owner,
    worker: row.worker,
    version: row.version,
    suspended: row.suspended,
    suspendedReason: row.suspendedReason,
    suspendedUntil: row.suspendedUntil,
    suspendedBy: row.suspendedBy as SuspendedBy | null,
    suspendedSince: row.suspendedSince,
    judgedFrom: row.judgedFrom,
    score: row.score === null ? null : { value: row.score, evidence: row.scoreEvidence ?? 0 },
    heldDeals: row.heldDeals,
    region: row.region,
    ...standingOf(row),
    ask: ask ? toAsk(ask) : null,
    askError: row.askError,
    createdAt: row.createdAt,
  };
}

function standingOf(row: Omit<Row, 'asks'>): Standing {
  return {
    breaker: { failures: row.failures, openUntil: row.openUntil },
    success: { share: row.successScore, weight: row.successWeight, at: row.scoredAt },
  };
}

function toAsk(row: Row['asks'][number]): KnownAsk {
  return {
    price: BigInt(row.price.toFixed(0)),
    verifiedPrice: BigInt(row.verifiedPrice.toFixed(0)),
    minPieceSize: row.minPieceSize,
    maxPieceSize: row.maxPieceSize,
    at: row.at,
    seenAt: row.seenAt,
  };
}

function sameAsk(a: Ask, b: Ask): boolean {
  return (
    a.price === b.price &&
    a.verifiedPrice === b.verifiedPrice &&
    a.minPieceSize === b.minPieceSize &&
    a.maxPieceSize === b.maxPieceSize
  );
}
