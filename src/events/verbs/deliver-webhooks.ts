import { Injectable, type BeforeApplicationShutdown, type OnApplicationShutdown } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { OutboundHttp } from '../../platform/http-client/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { AddressPolicy, AddressRefused } from '../../platform/net/index.js';
import { Clock, messageOf } from '../../shared/index.js';
import { bodyOf, quietSeconds, signatureOf, waitAfter, type Attempt, type ClaimedDelivery } from '../domain/webhook.js';
import { PostgresWebhookStore } from '../store/postgres-webhook.store.js';

/** Receivers that are written to at once. Each has one delivery on its way. */
const AT_ONCE = 64;
/** Read of an answer, of which nothing but the status counts. */
const MOST_ANSWER_BYTES = 16 * 1024;
/** A lease outlives the attempt that it is for by this. */
const LEASE_MARGIN_SECONDS = 5;

/**
 * Sends events to webhooks: at least once, in order while nothing fails, signed. An attempt that its process did not
 * live to see the end of is made again when its lease is over. A slow or dead receiver delays itself alone.
 */
@Injectable()
export class DeliverWebhooks implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly running = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private readonly http: OutboundHttp;
  private readonly timeoutMs: number;
  private claiming: Promise<void> | undefined;

  constructor(
    private readonly store: PostgresWebhookStore,
    private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
    private readonly metrics: Metrics,
  ) {
    this.timeoutMs = config.values.WEBHOOK_TIMEOUT_SECONDS * 1000;
    this.http = new OutboundHttp(new AddressPolicy(config.values.WEBHOOKS_DIAL_PRIVATE ?? []), this.timeoutMs);
  }

  /** Begins what is due and free to begin; attempts go on behind it. Rejects when the database is away. */
  async run(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    this.claiming ??= this.claim().finally(() => {
      this.claiming = undefined;
    });
    await this.claiming;
  }

  /** Attempts that run are broken off, and made again by the next process. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new Error('shutting down'));
    await Promise.allSettled([...this.running, this.claiming]);
  }

  /** Ends connections. */
  async onApplicationShutdown(): Promise<void> {
    await this.http.close();
  }

  private async claim(): Promise<void> {
    const free = AT_ONCE - this.running.size;
    if (free <= 0) return;
    const claimed = await this.store.claim(free, this.timeoutMs / 1000 + LEASE_MARGIN_SECONDS);
    for (const delivery of claimed) {
      const work = this.deliver(delivery)
        .catch((error: unknown) =>
          this.logger.warn({ delivery: delivery.id.toString(), error: messageOf(error) }, 'delivery not settled'),
        )
        .finally(() => {
          this.running.delete(work);
          // The next one of this webhook may go.
          void this.run().catch(() => undefined);
        });
      this.running.add(work);
    }
  }

  private async deliver(delivery: ClaimedDelivery): Promise<void> {
    const { status, error } = await this.attempt(delivery);
    // Nothing was decided: the lease ends by itself.
    if (this.stopping.signal.aborted) return;
    const outcome = error === null ? 'delivered' : 'failed';
    this.metrics.count('tidewater_webhook_attempts_total', 'Attempts to deliver an event to a webhook', { outcome });
    if (error === null && status !== null) return this.store.delivered(delivery, status);
    const waitSeconds = waitAfter(delivery.attempts, this.config.values.WEBHOOK_RETRY_SECONDS);
    await this.store.notDelivered(
      delivery,
      { status, error: error ?? 'no answer' },
      { waitSeconds, quietSeconds: Math.min(waitSeconds ?? 0, quietSeconds(delivery.attempts)) },
    );
  }

  /** Never rejects: every failure is told in words that its owner may read. */
  private async attempt(delivery: ClaimedDelivery): Promise<Attempt> {
    const body = bodyOf(delivery);
    const late = AbortSignal.timeout(this.timeoutMs);
    try {
      const answer = await this.http.post(new URL(delivery.url), body, {
        headers: {
          'content-type': 'application/json',
          'tidewater-event': delivery.type,
          'tidewater-event-id': delivery.eventId.toString(),
          'tidewater-delivery': delivery.id.toString(),
          'tidewater-signature': signatureOf(delivery.secret, body, this.clock.now()),
        },
        signal: AbortSignal.any([this.stopping.signal, late]),
        idleMs: this.timeoutMs,
      });
      // What it says is not kept, and what is longer is not read.
      await answer.body.dump({ limit: MOST_ANSWER_BYTES }).catch(() => undefined);
      const { statusCode: status } = answer;
      if (status >= 200 && status < 300) return { status, error: null };
      return { status, error: status < 400 ? 'answered with a redirect, which is not followed' : `answered ${status}` };
    } catch (error) {
      return { status: null, error: this.wordsFor(error, late.aborted) };
    }
  }

  private wordsFor(error: unknown, late: boolean): string {
    if (error instanceof AddressRefused) return 'leads to a private address, to which nothing is sent from here';
    if (late || (error instanceof Error && /timeout/i.test(error.name)))
      return `no answer within ${this.timeoutMs / 1000} seconds`;
    return messageOf(error).slice(0, 200) || 'no connection';
  }
}
