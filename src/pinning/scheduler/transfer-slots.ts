import type { Clock, UserId } from '../../shared/index.js';
import type { Weights } from './pin-leases.port.js';
import { evensOut, shareOf, type Standing } from './fair-share.js';

/** After this long a transfer loses its slot to accounts that have less, even if they would have more then. */
const LONGEST_TURN_MS = 30_000;

/** A transfer's place among the others. It may lose its slot at any time, and waits for one before its next block. */
export class Transfer {
  /** When it got the slot that it has; null: it waits for one. */
  since: number | null = null;
  /** It has something to lose: before others of its account. */
  begun = false;
  private resume: (() => void) | null = null;

  constructor(
    readonly userId: UserId,
    private readonly slots: TransferSlots,
  ) {}

  /** It has a slot now. May be false again at any time, without notice. */
  get running(): boolean {
    return this.since !== null;
  }

  /** Resolves once it has a slot, which may be at once. @throws the signal's reason; then it still has to end. */
  async turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.running) return;
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.resume = null;
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.resume = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
    });
  }

  /** Gets a slot: resumes whoever waits in `turn`. For TransferSlots alone. */
  run(now: number): void {
    this.since = now;
    this.begun = true;
    this.resume?.();
    this.resume = null;
  }

  /** Gives the slot, or the place in the queue, to others. Harmless twice. */
  end(): void {
    this.slots.leave(this);
  }
}

/**
 * So many transfers at once in this process, by the accounts' weights. Who has less than its share takes a slot from
 * whoever has most, at once: a transfer without its slot only takes no further block, and goes on where it was when its
 * turn comes again.
 */
export class TransferSlots {
  /** Of accounts whose weight is not 1; to be set as often as they may change. */
  weights: Weights = new Map();
  private readonly transfers = new Set<Transfer>();
  /** Accounts, the one that was served last at the end. */
  private readonly served = new Set<UserId>();

  constructor(
    /** Transfers at a time. */
    private readonly size: number,
    private readonly clock: Clock,
  ) {}

  /** A transfer more, which may have its slot at once. It is to be ended, however it goes. */
  join(userId: UserId): Transfer {
    const transfer = new Transfer(userId, this);
    this.transfers.add(transfer);
    this.assign();
    return transfer;
  }

  /** Its slot, if it has one, goes to who is next. Harmless twice. */
  leave(transfer: Transfer): void {
    if (this.transfers.delete(transfer)) this.assign();
  }

  /** To be called now and then: turns longer than 30 s end for accounts that have less. */
  rotate(): void {
    const now = this.clock.monotonicMs();
    for (let next = this.nextWaiting(); next; next = this.nextWaiting()) {
      const standing = this.standingOf(next.userId);
      const longest = this.largest(
        ({ since, userId }) =>
          now - (since ?? now) >= LONGEST_TURN_MS && shareOf(standing) < shareOf(this.standingOf(userId)),
      );
      if (!longest) return;
      this.swap(longest, next);
    }
  }

  /** Fills free slots; then whoever has less takes one from who has most, as long as that evens the shares out. */
  private assign(): void {
    for (let next = this.nextWaiting(); next; next = this.nextWaiting()) {
      if (this.runningCount() < this.size) {
        this.start(next);
        continue;
      }
      const standing = this.standingOf(next.userId);
      const largest = this.largest(({ userId }) => evensOut(standing, this.standingOf(userId)));
      if (!largest) return;
      this.swap(largest, next);
    }
  }

  private swap(from: Transfer, to: Transfer): void {
    from.since = null;
    this.start(to);
  }

  private start(transfer: Transfer): void {
    this.served.delete(transfer.userId);
    this.served.add(transfer.userId);
    transfer.run(this.clock.monotonicMs());
  }

  /**
   * Of the account with the smallest share, of two such the one that was served longer ago, what has begun already,
   * then what came first.
   */
  private nextWaiting(): Transfer | null {
    const turns = [...this.served];
    const before = (a: Transfer, b: Transfer) =>
      shareOf(this.standingOf(a.userId)) - shareOf(this.standingOf(b.userId)) ||
      turns.indexOf(a.userId) - turns.indexOf(b.userId) ||
      Number(b.begun) - Number(a.begun);
    return [...this.transfers].filter(({ running }) => !running).sort(before)[0] ?? null;
  }

  /** Of those that have a slot and fit: of the account with the largest share, the one that got its slot last. */
  private largest(fits: (transfer: Transfer) => boolean): Transfer | null {
    const before = (a: Transfer, b: Transfer) =>
      shareOf(this.standingOf(b.userId)) - shareOf(this.standingOf(a.userId)) || (b.since ?? 0) - (a.since ?? 0);
    return [...this.transfers].filter((transfer) => transfer.running && fits(transfer)).sort(before)[0] ?? null;
  }

  private standingOf(userId: UserId): Standing {
    const running = [...this.transfers].filter((transfer) => transfer.running && transfer.userId === userId).length;
    return { running, weight: this.weights.get(userId) ?? 1 };
  }

  private runningCount(): number {
    return [...this.transfers].filter(({ running }) => running).length;
  }
}
