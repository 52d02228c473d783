import { type Clock, type MinerId, spellings, SystemClock } from '../../shared/index.js';
import { isSuspended, type Miner, type MinerOnRecord, type SuspendedBy } from '../domain/miner.js';
import type { Score } from '../domain/score.js';
import { unmeasured } from '../domain/success.js';
import type { Ask } from '../ports/ask-source.port.js';
import { MinerStore, type Standing } from '../ports/miner-store.port.js';

/** Miners in memory, with what would have been announced. */
export class InMemoryMinerStore extends MinerStore {
  readonly rows = new Map<MinerId, Miner>();
  readonly announced: { event: string; miner: MinerId }[] = [];

  constructor(private readonly clock: Clock = new SystemClock()) {
    super();
  }

  async list(): Promise<Miner[]> {
    return [...this.rows.values()].sort((a, b) => (a.address < b.address ? -1 : 1));
  }

  async find(address: MinerId): Promise<Miner | null> {
    const known = spellings(address).map((spelled) => this.rows.get(spelled));
    return known.find((miner) => miner !== undefined) ?? null;
  }

  async record(facts: MinerOnRecord): Promise<void> {
    const before = this.rows.get(facts.address) ?? {
      name: '',
      version: null,
      suspended: false,
      suspendedReason: null,
      suspendedUntil: null,
      suspendedBy: null,
      suspendedSince: null,
      judgedFrom: null,
      score: null,
      heldDeals: 0,
      region: null,
      breaker: { failures: 0, openUntil: null },
      success: unmeasured,
      ask: null,
      askError: null,
      createdAt: new Date(),
    };
    this.rows.set(facts.address, { ...before, ...facts });
  }

  async heardAsk(address: MinerId, ask: Ask, at: Date): Promise<void> {
    this.change(address, (miner) => {
      const same =
        miner.ask !== null &&
        (['price', 'verifiedPrice', 'minPieceSize', 'maxPieceSize'] as const).every(
          (field) => miner.ask?.[field] === ask[field],
        );
      return { ask: { ...ask, at: same && miner.ask ? miner.ask.at : at, seenAt: at }, askError: null };
    });
  }

  async missedAsk(address: MinerId, reason: string, _at: Date): Promise<void> {
    this.change(address, () => ({ askError: reason }));
  }

  async changeStanding(address: MinerId, change: (before: Standing) => Standing): Promise<void> {
    this.change(address, ({ breaker, success }) => change({ breaker, success }));
  }

  async claimProbe(address: MinerId, now: Date, until: Date): Promise<boolean> {
    const openUntil = this.rows.get(address)?.breaker.openUntil;
    if (!openUntil || openUntil > now) return false;
    return this.change(address, ({ breaker }) => ({ breaker: { ...breaker, openUntil: until } }));
  }

  async recordScore(address: MinerId, { score, evidence, heldDeals }: Score & { heldDeals: number }): Promise<boolean> {
    return this.change(address, () => ({ score: { value: score, evidence }, heldDeals }));
  }

  async suspend(address: MinerId, reason: string, until: Date | null, by: SuspendedBy = 'operator'): Promise<boolean> {
    const now = this.clock.now();
    const before = this.rows.get(address);
    if (by === 'rule' && before && isSuspended(before, now)) return false;
    return this.announce(
      'miner.suspended',
      address,
      this.change(address, () => ({
        suspended: true,
        suspendedReason: reason,
        suspendedUntil: until,
        suspendedBy: by,
        suspendedSince: now,
        judgedFrom: until ?? now,
      })),
    );
  }

  async unsuspend(address: MinerId): Promise<boolean> {
    return this.announce(
      'miner.unsuspended',
      address,
      this.change(address, () => ({
        suspended: false,
        suspendedReason: null,
        suspendedUntil: null,
        suspendedBy: null,
        suspendedSince: null,
        judgedFrom: this.clock.now(),
      })),
    );
  }

  async rename(address: MinerId, name: string): Promise<boolean> {
    return this.change(address, () => ({ name }));
  }

  async place(address: MinerId, region: string | null): Promise<boolean> {
    return this.change(address, () => ({ region }));
  }

  private change(address: MinerId, change: (before: Miner) => Partial<Miner>): boolean {
    const before = this.rows.get(address);
    if (before) this.rows.set(address, { ...before, ...change(before) });
    return before !== undefined;
  }

  private announce(event: string, miner: MinerId, done: boolean): boolean {
    if (done) this.announced.push({ event, miner });
    return done;
  }
}
