import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock, messageOf } from '../../shared/index.js';
import { AppLogger } from '../logging/index.js';
import { type Lease, LocalRateBudgets, RateBudgets, type RateRule } from './rate-budgets.js';

/** Of the most recent so many subjects leases are kept; others ask again. */
const MOST_SUBJECTS = 50_000;
/** A lease is what the rate gives in this time: so many questions a second, per subject and process, at most five. */
const LEASE_SECONDS = 0.2;
/** Below this part of a lease the next one is asked for, before anybody waits for it. */
const ASK_AHEAD = 0.5;
/** What was leased and not used by then is given up: the shared budget has it again. */
const KEEP_MS = 1_000;
/** While the shared budgets cannot be asked, and after, each process counts by itself. */
const LOCAL_MS = 1_000;
/** Nobody waits longer for the shared budgets: a database that hangs must not hold up what needs none of it. */
const TIMEOUT_MS = 2_000;

/** What came of one request. Times are Unix milliseconds, by this process's clock. */
export interface RateVerdict {
  /** It may go on, and is counted. */
  taken: boolean;
  /** Whole requests left, those of other processes included, as far as this one knows. */
  left: number;
  /** When one like it is let through: now, or later. */
  nextAt: number;
  /** Until then. */
  waitMs: number;
  /** When all requests are there again, if none comes. */
  fullAt: number;
}

/** What this process knows of a subject. */
interface Holding {
  /** Requests that it may let through by itself. */
  own: number;
  /** What others may still have, when it last asked, and when that was. */
  shared: number;
  at: number;
  asking: Promise<void> | undefined;
}

/**
 * Rates of requests that all processes share. Each leases a fifth of a second's worth of a budget in the database and
 * counts it down by itself: a request costs no round trip, a busy subject costs five small statements a second, and a
 * subject that has used up its rate costs none until something is there again. Together, processes never let more
 * through than the rule says; what one has leased and does not use is lost to the others.
 */
@Injectable()
export class Rates {
  private readonly holdings = new LRUCache<string, Holding>({ max: MOST_SUBJECTS });
  private readonly local: LocalRateBudgets;
  private waiting: { subject: string; rule: RateRule; want: number; answer: (lease: Lease) => void }[] = [];
  private localUntil = 0;
  /** A question to the shared budgets that is not answered in time; none is asked beside it. */
  private overdue = false;
  protected readonly timeoutMs: number = TIMEOUT_MS;

  constructor(
    private readonly budgets: RateBudgets,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
  ) {
    this.local = new LocalRateBudgets(() => clock.now().getTime());
  }

  /** Counts `cost` requests of a subject, if they are there. At once, but for the first one and after a pause. */
  take(subject: string, rule: RateRule, cost = 1): RateVerdict | Promise<RateVerdict> {
    const holding = this.holdingOf(subject, rule);
    if (this.spend(holding, cost)) {
      if (leaseOf(rule) > 1 && holding.own < ASK_AHEAD * leaseOf(rule) && this.mayHave(holding, rule, 1))
        void this.ask(subject, rule, holding, 1);
      return this.verdict(true, holding, rule, cost);
    }
    if (!this.mayHave(holding, rule, cost - holding.own)) return this.verdict(false, holding, rule, cost);
    return this.wait(subject, rule, holding, cost);
  }

  private async wait(subject: string, rule: RateRule, holding: Holding, cost: number): Promise<RateVerdict> {
    // Others may take what comes first: asked again as long as there seems to be something.
    do {
      await this.ask(subject, rule, holding, cost);
      if (this.spend(holding, cost)) return this.verdict(true, holding, rule, cost);
    } while (this.mayHave(holding, rule, cost - holding.own));
    return this.verdict(false, holding, rule, cost);
  }

  private holdingOf(subject: string, rule: RateRule): Holding {
    const known = this.holdings.get(subject);
    if (known) {
      if (this.now() - known.at > KEEP_MS) known.own = 0;
      return known;
    }
    const holding = { own: 0, shared: rule.burst, at: this.now(), asking: undefined };
    this.holdings.set(subject, holding);
    return holding;
  }

  private spend(holding: Holding, cost: number): boolean {
    if (holding.own < cost) return false;
    holding.own -= cost;
    return true;
  }

  /** Whether the shared budget may have so many, by what was last heard of it. */
  private mayHave(holding: Holding, rule: RateRule, count: number): boolean {
    return this.sharedNow(holding, rule) >= count;
  }

  private sharedNow({ shared, at }: Holding, { perSecond, burst }: RateRule): number {
    return Math.min(burst, shared + (Math.max(0, this.now() - at) / 1000) * perSecond);
  }

  /** One question at a time per subject; those of one moment go as one statement. */
  private ask(subject: string, rule: RateRule, holding: Holding, least: number): Promise<void> {
    holding.asking ??= new Promise<Lease>((answer) => {
      if (this.waiting.length === 0) setImmediate(() => void this.lease());
      this.waiting.push({ subject, rule, want: Math.max(least, leaseOf(rule)), answer });
    }).then(({ granted, remaining }) => {
      holding.own += granted;
      holding.shared = remaining;
      holding.at = this.now();
      holding.asking = undefined;
    });
    return holding.asking;
  }

  private async lease(): Promise<void> {
    const asked = this.waiting;
    this.waiting = [];
    const requests = asked.map(({ subject, rule, want }) => ({ subject, want, ...rule }));
    const leases = new Map((await this.leasesOf(requests)).map((lease) => [lease.subject, lease]));
    for (const { subject, answer } of asked) answer(leases.get(subject) ?? { subject, granted: 0, remaining: 0 });
  }

  /** Never rejects: a database that is away must not let everybody in, nor shut everybody out. */
  private async leasesOf(requests: Parameters<RateBudgets['lease']>[0]): Promise<Lease[]> {
    if (this.overdue || this.now() < this.localUntil) return this.local.lease(requests);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, this.timeoutMs, null);
    });
    const shared = this.budgets.lease(requests);
    try {
      const leases = await Promise.race([shared, late]);
      if (leases) return leases;
      this.overdue = true;
      const over = (): void => void (this.overdue = false);
      shared.then(over, over);
      this.notShared(`no answer in ${this.timeoutMs} ms`);
    } catch (error) {
      this.notShared(messageOf(error));
    } finally {
      clearTimeout(timer);
    }
    return this.local.lease(requests);
  }

  private notShared(error: string): void {
    this.localUntil = this.now() + LOCAL_MS;
    this.logger.warn({ error }, 'rates are not shared: the database does not answer');
  }

  private verdict(taken: boolean, holding: Holding, rule: RateRule, cost: number): RateVerdict {
    const now = this.now();
    const tokens = Math.min(rule.burst - (taken ? cost : 0), holding.own + this.sharedNow(holding, rule));
    const after = (missing: number): number => now + (Math.max(0, missing) / rule.perSecond) * 1000;
    const nextAt = after(cost - tokens);
    return { taken, left: Math.floor(tokens), nextAt, waitMs: nextAt - now, fullAt: after(rule.burst - tokens) };
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

function leaseOf({ perSecond, burst }: RateRule): number {
  return Math.min(burst, Math.max(1, Math.ceil(perSecond * LEASE_SECONDS)));
}
