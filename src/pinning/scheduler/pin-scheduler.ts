import { Injectable } from '@nestjs/common';
import { AccountLimits } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { Clock } from '../../shared/index.js';
import { FetchPin } from '../fetch/fetch-pin.js';
import type { PinClaim } from '../pin.js';
import { preempt } from './fair-share.js';
import { PinFetchTask, type PinTimeouts } from './pin-fetch-task.js';
import { PinLeases } from './pin-leases.port.js';
import { TransferSlots } from './transfer-slots.js';

/** After a crash a pin is free again this soon. */
export const LEASE_MS = 15_000;
/** The rows are looked at this often without any wake-up. */
const POLL_MS = 1_000;
/** How often at most it is asked who waits: fetches may end many times a second. */
const SHARES_EVERY_MS = 250;

/**
 * One per worker process: fetches as many pins at a time as the settings allow, each second extends all their leases
 * with one statement, stops those that were removed or stand still, and preempts some when somebody waits who has had
 * less. All it knows it learns from the rows: a wake-up only saves the rest of a second.
 */
@Injectable()
export class PinScheduler {
  private readonly slots: TransferSlots;
  /** Pins that are looked for or transferred at a time. */
  private readonly capacity: number;
  private readonly timeouts: PinTimeouts;
  private readonly tasks = new Map<PinFetchTask, Promise<void>>();
  private sleeping = new AbortController();
  /** By the clock that no correction moves. */
  private extendedAt = -Infinity;
  private sharesAt = -Infinity;

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
    this.capacity = PIN_CONCURRENCY + PIN_SEARCH_CONCURRENCY;
    this.timeouts = { idleMs: PIN_IDLE_TIMEOUT_SECONDS * 1000, longestMs: PIN_MAX_HOURS * 3_600_000 };
  }

  /** There may be something to do. */
  wake(): void {
    this.sleeping.abort();
  }

  /**
   * Until the signal aborts; then every pin is released.
   * @throws what the database throws: to be called again, nothing is lost.
   */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.sleeping = new AbortController();
      await this.round(signal);
      await this.clock.sleep(POLL_MS, AbortSignal.any([signal, this.sleeping.signal])).catch(() => undefined);
    }
    await Promise.all(this.tasks.values());
  }

  private async round(signal: AbortSignal): Promise<void> {
    const now = this.clock.monotonicMs();
    if (now - this.extendedAt >= POLL_MS) await this.look(now);
    while (this.tasks.size < this.capacity && !signal.aborted) {
      const claim = await this.leases.claimNext(LEASE_MS, this.slots.weights);
      if (!claim) return;
      this.start(claim, signal);
    }
    if (now - this.sharesAt >= SHARES_EVERY_MS) await this.preemptForOthers(now);
  }

  /** Once a second: timeouts, weights, leases. */
  private async look(now: number): Promise<void> {
    this.extendedAt = now;
    for (const task of this.tasks.keys()) task.checkTimeouts();
    this.measure();
    this.slots.weights = await this.limits.weights();
    this.slots.rotate();
    const tasks = [...this.tasks.keys()];
    const lost = new Set(await this.leases.extend(tasks, LEASE_MS));
    for (const task of tasks) if (lost.has(task.claim)) task.leaseLost();
  }

  /** No room for another: has anybody waited who has less than those whose pins are looked for? */
  private async preemptForOthers(now: number): Promise<void> {
    this.sharesAt = now;
    const searches = [...this.tasks.keys()]
      .filter(({ stage, signal }) => stage !== 'transferring' && !signal.aborted)
      .map((task) => ({
        task,
        userId: task.claim.pin.userId,
        ms: now - task.since,
        found: task.stage === 'parked',
      }));
    const preempted = preempt(searches, await this.leases.shares(this.capacity), this.slots.weights);
    for (const { task } of preempted) task.preempt();
    if (preempted.length > 0)
      this.metrics.count(
        'tidewater_pins_preempted_total',
        'Pins that were looked for and went back to the queue for others',
        {},
        preempted.length,
      );
  }

  private start(claim: PinClaim, signal: AbortSignal): void {
    const task = new PinFetchTask(claim, this.slots, this.clock, this.timeouts, signal);
    // Whatever it throws is written nowhere: the lease runs out, and the sweep finds the pin.
    const fetch = this.fetchPin
      .run(task, signal)
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => {
        task.end();
        this.tasks.delete(task);
        this.wake();
      });
    this.tasks.set(task, fetch);
  }

  private measure(): void {
    const stages = [...this.tasks.keys()].map(({ stage }) => stage);
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
