import { randomUUID } from 'node:crypto';
import type { Tx } from '../../platform/prisma/index.js';
import { pinRequestId, type Clock, type ContentId, type PinRequestId, type UserId } from '../../shared/index.js';
import type { PinClaim, PinFilter, PinProgress, PinRecord, PinStatus } from '../pin.js';
import { PinQuotaUsedUp, PinLeaseLost } from '../pinning.errors.js';
import { PinLeases, type AccountShare, type PinHeartbeat, type Weights } from '../scheduler/pin-leases.port.js';
import { PinCounts, PinStore, type NewPin } from '../requests/pin-store.port.js';

interface Row extends PinRecord {
  deleted: boolean;
  replacedBy: PinRequestId | null;
  leaseUntil: Date | null;
  nextCheckAt: Date;
  cutOffs: number;
}

/** The table of pins in memory, behind both ports. */
export class InMemoryPins {
  readonly rows = new Map<PinRequestId, Row>();
  readonly store: PinStore;
  readonly leases: PinLeases;
  readonly counts: PinCounts;

  constructor(clock: Clock) {
    this.store = new InMemoryPinStore(this.rows, clock);
    this.leases = new InMemoryPinLeases(this.rows, clock);
    this.counts = new InMemoryPinCounts(this.rows);
  }
}

class InMemoryPinStore extends PinStore {
  constructor(
    private readonly rows: Map<PinRequestId, Row>,
    private readonly clock: Clock,
  ) {
    super();
  }

  add(pin: NewPin): Promise<PinRecord> {
    if (this.full(pin)) return Promise.reject(new PinQuotaUsedUp());
    return Promise.resolve(this.insert(pinRequestId(randomUUID()), pin));
  }

  addAll(pins: NewPin[]): Promise<(PinRecord | null)[]> {
    return Promise.resolve(pins.map((pin) => (this.full(pin) ? null : this.insert(pinRequestId(randomUUID()), pin))));
  }

  findAll(
    userId: UserId,
    { requestIds, contentIds }: { requestIds: string[]; contentIds: string[] },
  ): Promise<PinRecord[]> {
    const wanted = (row: Row) =>
      requestIds.includes(row.requestId) || (row.contentId !== null && contentIds.includes(row.contentId));
    return Promise.resolve(
      [...this.rows.values()].filter((row) => row.userId === userId && !row.deleted && wanted(row)),
    );
  }

  replace(requestId: PinRequestId, pin: NewPin): Promise<PinRecord | null> {
    const old = this.live(pin.userId, requestId);
    if (!old) return Promise.resolve(null);
    if (this.full(pin, 1)) return Promise.reject(new PinQuotaUsedUp());
    const fresh = pinRequestId(randomUUID());
    Object.assign(old, { deleted: true, replacedBy: fresh });
    for (const row of this.rows.values()) if (row.replacedBy === requestId) row.replacedBy = fresh;
    return Promise.resolve(this.insert(fresh, pin));
  }

  find(userId: UserId, requestId: PinRequestId): Promise<PinRecord | null> {
    return Promise.resolve(this.live(userId, requestId) ?? null);
  }

  list(userId: UserId, filter: PinFilter): Promise<{ count: number; pins: PinRecord[] }> {
    const all = [...this.rows.values()]
      .filter((row) => row.userId === userId && !row.deleted && passes(row, filter))
      .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
    return Promise.resolve({ count: all.length, pins: all.slice(0, filter.limit) });
  }

  remove(userId: UserId, requestId: PinRequestId): Promise<PinRecord | null> {
    const row = this.live(userId, requestId);
    if (row) row.deleted = true;
    return Promise.resolve(row ? { ...row } : null);
  }

  removed(limit: number): Promise<PinRecord[]> {
    const keepsContent = (row: Row) => {
      const next = row.replacedBy === null ? undefined : this.rows.get(row.replacedBy);
      return next !== undefined && !next.deleted && next.status !== 'pinned';
    };
    return Promise.resolve([...this.rows.values()].filter((row) => row.deleted && !keepsContent(row)).slice(0, limit));
  }

  purge(requestId: PinRequestId): Promise<void> {
    if (this.rows.get(requestId)?.deleted) this.rows.delete(requestId);
    return Promise.resolve();
  }

  removeOf(contentId: ContentId): Promise<void> {
    for (const [id, row] of this.rows) if (row.contentId === contentId) this.rows.delete(id);
    return Promise.resolve();
  }

  private full({ userId, most = null }: NewPin, leaving = 0): boolean {
    return (
      most !== null &&
      [...this.rows.values()].filter((row) => row.userId === userId && !row.deleted).length - leaving >= most
    );
  }

  private live(userId: UserId, requestId: PinRequestId): Row | undefined {
    const row = this.rows.get(requestId);
    return row && row.userId === userId && !row.deleted ? row : undefined;
  }

  private insert(requestId: PinRequestId, { most: _most, ...pin }: NewPin): PinRecord {
    const last = Math.max(
      0,
      ...[...this.rows.values()].filter((row) => row.userId === pin.userId).map((row) => row.createdAt.getTime() + 1),
    );
    const row: Row = {
      ...pin,
      requestId,
      status: 'queued',
      reason: null,
      progress: null,
      contentId: null,
      leaseNumber: 0,
      failures: 0,
      lookedMs: 0,
      createdAt: new Date(Math.max(this.clock.now().getTime(), last)),
      deleted: false,
      replacedBy: null,
      leaseUntil: null,
      nextCheckAt: this.clock.now(),
      cutOffs: 0,
    };
    this.rows.set(requestId, row);
    return { ...row };
  }
}

function passes(row: Row, filter: PinFilter): boolean {
  return (
    filter.statuses.includes(row.status) &&
    (filter.cids?.includes(row.cidV1) ?? true) &&
    (filter.requestIds?.includes(row.requestId) ?? true) &&
    (!filter.before || row.createdAt < filter.before) &&
    (!filter.after || row.createdAt > filter.after) &&
    Object.entries(filter.meta ?? {}).every(([key, value]) => row.meta[key] === value) &&
    (!filter.name || nameMatches(row.name, filter.name))
  );
}

function nameMatches(name: string | null, { text, match }: NonNullable<PinFilter['name']>): boolean {
  if (name === null) return false;
  switch (match) {
    case 'exact':
      return name === text;
    case 'iexact':
      return name.toLowerCase() === text.toLowerCase();
    case 'partial':
      return name.includes(text);
    case 'ipartial':
      return name.toLowerCase().includes(text.toLowerCase());
  }
}

class InMemoryPinCounts extends PinCounts {
  constructor(private readonly rows: Map<PinRequestId, Row>) {
    super();
  }

  byStatus(): Promise<Record<PinStatus, number>> {
    const counts = { queued: 0, pinning: 0, pinned: 0, failed: 0 };
    for (const row of this.rows.values()) if (!row.deleted) counts[row.status] += 1;
    return Promise.resolve(counts);
  }

  ofUsers(users: readonly UserId[]): Promise<ReadonlyMap<UserId, number>> {
    const living = [...this.rows.values()].filter((row) => !row.deleted);
    return Promise.resolve(new Map(users.map((user) => [user, living.filter((row) => row.userId === user).length])));
  }

  fold(): Promise<number> {
    return Promise.resolve(0);
  }
}

class InMemoryPinLeases extends PinLeases {
  /** Accounts, the one that was served last at the end. */
  private readonly served = new Set<UserId>();

  constructor(
    private readonly rows: Map<PinRequestId, Row>,
    private readonly clock: Clock,
  ) {
    super();
  }

  claimNext(leaseMs: number, weights: Weights): Promise<PinClaim | null> {
    const shares = new Map(
      this.shareList().map(({ userId, running }) => [userId, running / (weights.get(userId) ?? 1)]),
    );
    const turns = [...this.served];
    const [next] = this.due().sort(
      (a, b) =>
        (shares.get(a.userId) ?? 0) - (shares.get(b.userId) ?? 0) ||
        turns.indexOf(a.userId) - turns.indexOf(b.userId) ||
        a.nextCheckAt.getTime() - b.nextCheckAt.getTime(),
    );
    if (!next) return Promise.resolve(null);
    this.served.delete(next.userId);
    this.served.add(next.userId);
    Object.assign(next, { status: 'pinning', leaseNumber: next.leaseNumber + 1, leaseUntil: this.later(leaseMs) });
    return Promise.resolve({ pin: { ...next }, leaseNumber: next.leaseNumber });
  }

  extend(beats: readonly PinHeartbeat[], leaseMs: number): Promise<PinClaim[]> {
    for (const { claim, progress, lookedMs } of beats)
      Object.assign(this.leased(claim) ?? {}, { leaseUntil: this.later(leaseMs), progress: { ...progress }, lookedMs });
    return Promise.resolve(beats.map(({ claim }) => claim).filter((claim) => !this.leased(claim)));
  }

  pinned(_tx: Tx, claim: PinClaim, contentId: ContentId, progress: PinProgress | null): Promise<void> {
    const row = this.rows.get(claim.pin.requestId);
    if (!row || row.deleted || row.leaseNumber !== claim.leaseNumber || !['queued', 'pinning'].includes(row.status))
      return Promise.reject(new PinLeaseLost('removed meanwhile'));
    Object.assign(row, { status: 'pinned', contentId, reason: null, leaseUntil: null, progress });
    return Promise.resolve();
  }

  release(claim: PinClaim, afterMs: number | null, lookedMs: number): Promise<void> {
    const row = this.leased(claim);
    if (row)
      Object.assign(row, {
        status: 'queued',
        leaseUntil: null,
        nextCheckAt: afterMs === null ? row.nextCheckAt : this.later(afterMs),
        lookedMs,
      });
    return Promise.resolve();
  }

  retry(claim: PinClaim, afterMs: number, reason: string): Promise<void> {
    const row = this.leased(claim);
    if (row)
      Object.assign(row, {
        status: 'queued',
        leaseUntil: null,
        nextCheckAt: this.later(afterMs),
        reason,
        failures: row.failures + 1,
        lookedMs: 0,
      });
    return Promise.resolve();
  }

  fail(claim: PinClaim, reason: string): Promise<void> {
    const row = this.leased(claim);
    if (row) Object.assign(row, { status: 'failed', leaseUntil: null, reason, failures: row.failures + 1 });
    return Promise.resolve();
  }

  reclaim(mostCutOffs: number): Promise<number> {
    const now = this.later(0);
    const lost = this.pick((row) => row.status === 'pinning' && row.leaseUntil !== null && row.leaseUntil < now);
    for (const row of lost)
      Object.assign(row, {
        leaseUntil: null,
        cutOffs: row.cutOffs + 1,
        status: row.cutOffs + 1 >= mostCutOffs ? 'failed' : 'queued',
      });
    return Promise.resolve(lost.length);
  }

  shares(mostDue: number): Promise<AccountShare[]> {
    return Promise.resolve(this.shareList().map((share) => ({ ...share, due: Math.min(share.due, mostDue) })));
  }

  oldestSeconds(): Promise<number> {
    const now = this.later(0);
    const oldest = Math.min(
      now.getTime(),
      ...this.pick((row) => row.status === 'queued').map((row) => row.createdAt.getTime()),
    );
    return Promise.resolve((now.getTime() - oldest) / 1000);
  }

  private shareList(): AccountShare[] {
    const [running, due] = [this.pick((row) => row.status === 'pinning'), this.due()];
    const count = (rows: Row[], userId: UserId) => rows.filter((row) => row.userId === userId).length;
    return [...new Set([...running, ...due].map((row) => row.userId))].map((userId) => ({
      userId,
      running: count(running, userId),
      due: count(due, userId),
    }));
  }

  private pick(matches: (row: Row) => boolean): Row[] {
    return [...this.rows.values()].filter((row) => !row.deleted && matches(row));
  }

  private later(ms: number): Date {
    return new Date(this.clock.now().getTime() + ms);
  }

  private due(): Row[] {
    const now = this.later(0);
    return this.pick((row) => row.status === 'queued' && row.nextCheckAt <= now);
  }

  private leased({ pin, leaseNumber }: PinClaim): Row | undefined {
    const row = this.rows.get(pin.requestId);
    return row && !row.deleted && row.leaseNumber === leaseNumber && row.status === 'pinning' ? row : undefined;
  }
}
