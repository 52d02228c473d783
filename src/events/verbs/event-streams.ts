import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { LivingKeys } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { Notifications } from '../../platform/notifications/index.js';
import { messageOf, type UserId } from '../../shared/index.js';
import { ACCOUNT_EVENTS_CHANNEL } from '../domain/account-event.js';
import { TooManyStreams } from '../domain/events.errors.js';
import { PostgresAccountEventStore } from '../store/postgres-account-event.store.js';
import { EventStream, type EventSink } from './event-stream.js';

/** A notification can be lost: look anyway. One statement for all streams together. */
const LOOK_MS = 5_000;
/** Keeps proxies from ending a quiet stream, and finds readers that have gone. */
const HEARTBEAT_MS = 15_000;
/** A revoked key reads no longer than this. One statement for all streams together. */
const KEYS_MS = 500;

/** Who reads, and from where on: ids above `after` (null: what happens from now on). `types` null: all. */
export interface StreamRequest {
  userId: UserId;
  keyId: string;
  after: bigint | null;
  types: readonly string[] | null;
}

/**
 * The open streams of events of this process. A notification wakes it, one statement says whose events came, and only
 * their streams read. Bounded in number for each account and in all; each stream holds one page in memory.
 */
@Injectable()
export class EventStreams implements OnModuleDestroy {
  private readonly streams = new Set<EventStream>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private unsubscribe: (() => void) | undefined;
  private lastSeen: bigint | undefined;
  private looking = false;
  private again = false;

  constructor(
    private readonly store: PostgresAccountEventStore,
    private readonly keys: LivingKeys,
    private readonly notifications: Notifications,
    private readonly config: AppConfig,
    private readonly logger: AppLogger,
    private readonly metrics: Metrics,
  ) {
    this.metrics.onScrape(async () =>
      this.metrics.gauge('tidewater_event_streams', 'Streams of events that are open', this.streams.size),
    );
  }

  /** Whether another stream of the account may be opened now. @throws TooManyStreams */
  assertRoom(user: UserId): void {
    const { EVENT_STREAMS_PER_ACCOUNT, EVENT_STREAMS_MAX } = this.config.values;
    const own = [...this.streams].filter(({ userId }) => userId === user).length;
    if (own >= EVENT_STREAMS_PER_ACCOUNT) throw new TooManyStreams(EVENT_STREAMS_PER_ACCOUNT);
    if (this.streams.size >= EVENT_STREAMS_MAX) throw new TooManyStreams(EVENT_STREAMS_MAX);
  }

  /**
   * Writes into the sink until it closes, its reader is too slow, its key ends or the process does; then it ends the
   * sink. Resolves as soon as the stream is open: everything that commits after that will be in it.
   * @throws TooManyStreams
   */
  async open({ userId, keyId, after, types }: StreamRequest, sink: EventSink): Promise<void> {
    this.assertRoom(userId);
    const stream = new EventStream({ userId, keyId, types }, sink, this.store);
    this.streams.add(stream);
    sink.onClose(() => this.close(stream));
    this.begin();
    try {
      stream.begin(after ?? (await this.store.lastId()));
    } catch (error) {
      this.close(stream);
      throw error;
    }
  }

  /** Ends every stream: readers come back, to another process or to the next. */
  onModuleDestroy(): void {
    for (const stream of this.streams) this.close(stream);
  }

  private close(stream: EventStream): void {
    stream.end();
    this.streams.delete(stream);
    if (this.streams.size > 0) return;
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    this.lastSeen = undefined;
    for (const timer of this.timers) clearInterval(timer);
    this.timers.clear();
  }

  /** With the first stream. */
  private begin(): void {
    if (this.unsubscribe) return;
    this.unsubscribe = this.notifications.subscribe(ACCOUNT_EVENTS_CHANNEL, () => this.notice());
    this.every(LOOK_MS, () => this.notice());
    this.every(KEYS_MS, () => void this.endRevoked());
    this.every(HEARTBEAT_MS, () => {
      for (const stream of this.streams) stream.beat();
    });
  }

  private every(ms: number, run: () => void): void {
    this.timers.add(setInterval(run, ms).unref());
  }

  /** Remembered while a round runs: what commits meanwhile makes another one. */
  private notice(): void {
    this.again = true;
    if (this.looking) return;
    this.looking = true;
    void this.look().finally(() => {
      this.looking = false;
    });
  }

  private async look(): Promise<void> {
    while (this.again && this.streams.size > 0) {
      this.again = false;
      try {
        await this.wakeThoseWithNews();
      } catch (error) {
        // Nothing was passed over: the next round asks from the same place.
        this.logger.warn({ error: messageOf(error) }, 'events not read; streams wait');
      }
    }
  }

  private async wakeThoseWithNews(): Promise<void> {
    if (this.lastSeen === undefined) {
      this.lastSeen = await this.store.lastId();
      for (const stream of this.streams) stream.wake();
      return;
    }
    const news = await this.store.since(this.lastSeen);
    if (news.length === 0) return;
    const users = new Set(news.map(({ userId }) => userId));
    this.lastSeen = news.reduce((most, { last }) => (last > most ? last : most), this.lastSeen);
    this.again = true;
    for (const stream of this.streams) if (users.has(stream.userId)) stream.wake();
  }

  private async endRevoked(): Promise<void> {
    try {
      const living = await this.keys.among([...new Set([...this.streams].map(({ keyId }) => keyId))]);
      for (const stream of this.streams) if (!living.has(stream.keyId)) this.close(stream);
    } catch (error) {
      // While the database is away, nothing new can be read either.
      this.logger.warn({ error: messageOf(error) }, 'keys of streams not looked at');
    }
  }
}
