import { Injectable } from '@nestjs/common';
import { AccountLimits } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { Clock } from '../../shared/index.js';
import { preempt } from './fair-share.js';
import { TransferSlots } from './transfer-slots.js';
import type { PinClaim } from '../pin.js';
import { PinLeases } from './pin-leases.port.js';
import { FetchPin } from '../fetch/fetch-pin.js';
import { PinFetchTask, type PinTimeouts } from './pin-fetch-task.js';

/** After a crash a pin is free again this soon. */
export const LEASE_MS = 15_000;
const BEAT_MS = 1_000;
/** How often at most it is asked who waits: fetches may end many times a second. */
const ASK_MS = 250;

/**
 * One per worker process: has as many pins looked for as there are seats, each second prolongs all their leases with one
 * statement, stops those that were removed or stand still, and makes room when somebody waits who has had less.
 * All it knows it learns from the rows: a wake-up only saves the rest of a second.
 */
@Injectable()
export class PinScheduler {
  private readonly slots: TransferSlots;
  private readonly seats: number;
  private readonly timeouts: PinTimeouts;
  private readonly fetches = new Map<PinFetchTask, Promise<void>>();
  private alarm = new AbortController();
  private beatAt = 0;
  private askedAt = 0;

  constructor(
    private readonly leases: PinLeases,
    private readonly fetchPin: FetchPin,
    private readonly limits: AccountLimits,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    const { PIN_CONCURRENCY, PIN_SEARCH_CONCURRENCY, PIN_IDLE_TIMEOUT_SECONDS, PIN_MAX_HOURS } = config.values;
    this.slots = new TransferSlots(PIN_CONCURRENCY, clock);
    this.seats = PIN_CONCURRENCY + PIN_SEARCH_CONCURRENCY;
    this.timeouts = { idleMs: PIN_IDLE_TIMEOUT_SECONDS * 1000, longestMs: PIN_MAX_HOURS * 3_600_000 };
  }

  /** There may be something to do. */
  wake(): void {
    this.alarm.abort();
  }

  /** Until the signal aborts; then every pin is given back. @throws what the database throws: to be called again, nothing is lost. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.alarm = new AbortController();
      await this.round(signal);
      await this.clock.sleep(BEAT_MS, AbortSignal.any([signal, this.alarm.signal])).catch(() => undefined);
    }
    await Promise.all(this.fetches.values());
  }

  private async round(signal: AbortSignal): Promise<void> {
    const now = this.clock.now();
    if (now.getTime() - this.beatAt >= BEAT_MS) await this.beat(now);
    while (this.fetches.size < this.seats && !signal.aborted) {
      const claim = await this.leases.claimNext(this.clock.now(), this.leaseEnd(), this.slots.weights);
      if (!claim) return;
      this.start(claim, signal);
    }
    if (now.getTime() - this.askedAt >= ASK_MS) await this.makeRoom(now);
  }

  private async beat(now: Date): Promise<void> {
    this.beatAt = now.getTime();
    for (const watch of this.fetches.keys()) watch.check();
    this.measure();
    this.slots.weights = await this.limits.weights();
    this.slots.rotate();
    const watches = [...this.fetches.keys()];
    const lost = new Set(await this.leases.extend(watches, this.leaseEnd()));
    for (const watch of watches) if (lost.has(watch.claim)) watch.takenAway();
  }

  /** Every seat is taken: has anybody waited who has less than those who look? */
  private async makeRoom(now: Date): Promise<void> {
    this.askedAt = now.getTime();
    const looks = [...this.fetches.keys()]
      .filter(({ stage, signal }) => stage !== 'transferring' && !signal.aborted)
      .map((watch) => ({
        watch,
        userId: watch.claim.pin.userId,
        ms: now.getTime() - watch.since,
        found: watch.stage === 'parked',
      }));
    const gone = preempt(looks, await this.leases.shares(now, this.seats), this.slots.weights);
    for (const { watch } of gone) watch.makeWay();
    if (gone.length > 0)
      this.metrics.count(
        'tidewater_pins_preempted_total',
        'Pins that were looked for and went back to the queue for others',
        {},
        gone.length,
      );
  }

  private start(claim: PinClaim, signal: AbortSignal): void {
    const watch = new PinFetchTask(claim, this.slots, this.clock, this.timeouts, signal);
    // Whatever it throws is written nowhere: the lease lapses, and the sweep finds the pin.
    const fetch = this.fetchPin
      .run(watch, signal)
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => {
        watch.end();
        this.fetches.delete(watch);
        this.wake();
      });
    this.fetches.set(watch, fetch);
  }

  private leaseEnd(): Date {
    return new Date(this.clock.now().getTime() + LEASE_MS);
  }

  private measure(): void {
    const stages = [...this.fetches.keys()].map(({ stage }) => stage);
    for (const stage of ['looking', 'parked', 'transferring'] as const) {
      this.metrics.gauge(
        'tidewater_pin_fetches',
        'Pins that this worker works on',
        stages.filter((one) => one === stage).length,
        { stage },
      );
    }
  }
}
