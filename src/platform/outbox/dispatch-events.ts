import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../shared/index.js';
import { RoomQueue, roomQueueToken } from '../queue/index.js';
import { EventSubscribers } from './event-subscribers.js';
import { eventsQueue } from './events.queue.js';
import { PostgresOutboxStore, type PendingEvent } from './postgres-outbox.store.js';

/** Rows of one claim. */
const BATCH = 1000;
/** Events in one job: a busy platform pays for few jobs, a quiet one gets one job per event. */
const EVENTS_PER_JOB = 50;
/** More waiting jobs than this are a backlog. */
const BUSY = 1000;
/** Younger events are in the hands of another worker that lives. */
const RESTART_TIMEOUT_MS = 2_000;

/** From the outbox to the queue: jobs for each subscriber, so that a slow or failing one delays no other. */
@Injectable()
export class DispatchEvents {
  constructor(
    private readonly store: PostgresOutboxStore,
    private readonly subscribers: EventSubscribers,
    @Inject(roomQueueToken(eventsQueue)) private readonly queue: RoomQueue<typeof eventsQueue.jobs>,
    private readonly clock: Clock,
  ) {}

  /**
   * New events: claims up to a thousand and makes their jobs; those that nobody subscribed to are removed. Says how
   * many were taken. Rejects when the queue is away; then the rows are as new again. After a crash in between, `again`
   * finds them.
   */
  async run(): Promise<number> {
    const rows = await this.store.claimNew(this.subscribers.names(), BATCH);
    await this.enqueue(rows, EVENTS_PER_JOB, () => '1');
    await this.store.remove(rows.filter(({ pending }) => pending.length === 0).map(({ id }) => id));
    return rows.length;
  }

  /**
   * Events whose jobs seem lost, one job each; the time grows with each round. While many jobs wait, they are late and
   * not lost, so nothing is done. Says how many were taken.
   */
  async again(timeoutMs: number): Promise<number> {
    await this.store.removeFinished();
    if ((await this.queue.waiting()) > BUSY) return 0;
    const rows = await this.store.claimStale(timeoutMs, BATCH, true);
    await this.enqueue(rows, 1, ({ dispatches }) => String(dispatches));
    return rows.length;
  }

  /**
   * After a start: what was on its way when the last process died may have died with it, or hang in a dead worker's
   * hands. Doesn't count as a round.
   */
  async afterRestart(): Promise<number> {
    const rows = await this.store.claimStale(RESTART_TIMEOUT_MS, BATCH, false);
    await this.enqueue(rows, 1, () => `start${this.clock.now().getTime()}`);
    return rows.length;
  }

  /** `roundOf` goes into the job's id: the same event may be enqueued again in a later round, and only once in each. */
  private async enqueue(rows: PendingEvent[], perJob: number, roundOf: (row: PendingEvent) => string): Promise<void> {
    const waiting = new Map<string, PendingEvent[]>();
    for (const row of rows) {
      for (const subscriber of row.pending) {
        const known = waiting.get(subscriber);
        if (known) known.push(row);
        else waiting.set(subscriber, [row]);
      }
    }
    const payloads = [...waiting].flatMap(([subscriber, events]) =>
      chunksOf(events, perJob).map((chunk) => ({
        subscriber,
        ids: chunk.map(({ id }) => id),
        round: chunk[0] ? roundOf(chunk[0]) : '',
      })),
    );
    try {
      if (payloads.length > 0) await this.queue.addMany('deliver', payloads);
    } catch (error) {
      await this.store.release(rows.map(({ id }) => id));
      throw error;
    }
  }
}

function chunksOf<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
