import { describe, expect, it } from '@jest/globals';
import { until } from '../../../test/support/until.js';
import { userId, type UserId } from '../../shared/index.js';
import type { AccountEvent } from '../domain/account-event.js';
import { EventStream, type EventSink } from './event-stream.js';

const ANNA = userId('00000000-0000-4000-8000-00000000000a');
const event = (id: number): AccountEvent => ({ id: BigInt(id), type: 'stored', data: {}, at: new Date(0) });

/** A reader that takes what it is told to, and events that can be added to. */
function world() {
  const stored: AccountEvent[] = [];
  const reads: bigint[] = [];
  const pages = {
    page: (_user: UserId, after: bigint, _types: unknown, limit: number) => {
      reads.push(after);
      return Promise.resolve(stored.filter(({ id }) => id > after).slice(0, limit));
    },
  };
  const written: string[] = [];
  const reader = { room: true, ended: false, drain: (): void => undefined };
  const sink: EventSink = {
    write: (text) => {
      written.push(text);
      return reader.room;
    },
    drained: (signal) =>
      new Promise((resolve, reject) => {
        reader.drain = resolve;
        signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
      }),
    end: () => {
      reader.ended = true;
    },
    onClose: () => undefined,
  };
  const stream = new EventStream({ userId: ANNA, keyId: 'k', types: null }, sink, pages);
  const ids = () => written.flatMap((text) => /^id: (\d+)/.exec(text)?.[1] ?? []).map(Number);
  return { stored, reads, reader, stream, written, ids };
}

describe('a stream of events', () => {
  it('reads page by page from where it stood, and not at all while nothing wakes it', async () => {
    const { stored, stream, ids, reads } = world();
    for (let id = 1; id <= 250; id++) stored.push(event(id));
    stream.begin(10n);
    await until(() => ids().length === 240);
    expect(ids()).toEqual(Array.from({ length: 240 }, (_, at) => at + 11));
    const before = reads.length;
    stored.push(event(251));
    expect(reads.length).toBe(before);
    stream.wake();
    await until(() => ids().at(-1) === 251);
  });

  it('reads no further than its reader takes', async () => {
    const { stored, stream, ids, reader } = world();
    for (let id = 1; id <= 5; id++) stored.push(event(id));
    reader.room = false;
    stream.begin(0n);
    await until(() => ids().length === 1);
    stream.wake();
    expect(ids()).toEqual([1]);
    reader.room = true;
    reader.drain();
    await until(() => ids().length === 5);
  });

  it('writes nothing after its end, and ends once', async () => {
    const { stored, stream, ids, reader, written } = world();
    stream.begin(0n);
    await until(() => written.length > 0);
    stream.end();
    stream.end();
    expect(reader.ended).toBe(true);
    stored.push(event(1));
    stream.wake();
    stream.beat();
    await Promise.resolve();
    expect(ids()).toEqual([]);
  });
});
