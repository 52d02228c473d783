import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ReadMemory } from '../domain/read-memory.js';
import { SocketWriter } from './socket-writer.js';

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;
const STALL_MS = 2_000;

/** A response whose reader takes what the test lets it take. */
class ScriptedResponse extends EventEmitter {
  destroyed = false;
  ended = false;
  readonly written: Uint8Array[] = [];
  private readonly untaken: ((error?: Error) => void)[] = [];
  private onStall: (() => void) | null = null;

  write(bytes: Uint8Array, taken: (error?: Error) => void): boolean {
    this.written.push(bytes);
    this.untaken.push(taken);
    return false;
  }

  end(): void {
    this.ended = true;
  }

  destroy(): void {
    this.destroyed = true;
    this.take(Infinity, new Error('the socket is closed'));
  }

  setTimeout(ms: number, onStall?: () => void): void {
    this.onStall = ms > 0 ? (onStall ?? null) : null;
  }

  /** The reader takes so many writes. */
  take(writes = 1, error?: Error): void {
    for (const taken of this.untaken.splice(0, writes)) taken(error);
  }

  /** Nothing has moved for as long as the writer wanted to be told of. */
  stall(): void {
    this.onStall?.();
  }

  get isWatched(): boolean {
    return this.onStall !== null;
  }
}

describe('what is on its way to a reader', () => {
  let response: ScriptedResponse;
  let memory: ReadMemory;
  let gone: AbortController;
  let writer: SocketWriter;

  const writerOf = (bytesPerSecond = 0, stallMs = STALL_MS): SocketWriter =>
    new SocketWriter(response as unknown as ServerResponse, memory.open(), gone.signal, {
      stallMs,
      bytesPerSecond,
    });
  /** Whether it resolves without anything that happens meanwhile. */
  const isDone = async (promise: Promise<void>): Promise<boolean> => {
    let done = false;
    promise.then(
      () => (done = true),
      () => (done = true),
    );
    await jest.advanceTimersByTimeAsync(0);
    return done;
  };

  beforeEach(() => {
    jest.useFakeTimers();
    response = new ScriptedResponse();
    memory = new ReadMemory(16 * MEBIBYTE);
    gone = new AbortController();
    writer = writerOf();
  });
  afterEach(() => {
    writer.close();
    jest.useRealTimers();
  });

  it('is two mebibytes at most: the next block waits until enough of it was taken', async () => {
    expect(await isDone(writer.write(Buffer.alloc(MEBIBYTE)))).toBe(true);
    expect(await isDone(writer.write(Buffer.alloc(MEBIBYTE)))).toBe(true);
    const third = writer.write(Buffer.alloc(MEBIBYTE));
    expect(await isDone(third)).toBe(false);
    response.take();
    expect(await isDone(third)).toBe(true);
    expect([writer.accepted, writer.sent]).toEqual([3 * MEBIBYTE, MEBIBYTE]);
  });

  it('counts against the memory of all readers until it was taken', async () => {
    await writer.write(Buffer.alloc(MEBIBYTE));
    expect(memory.bytes).toBe(MEBIBYTE);
    response.take();
    expect(memory.bytes).toBe(0);
  });

  it('is nothing but the last write where other readers need the memory', async () => {
    const others = memory.open();
    others.add(10 * MEBIBYTE);
    await writer.write(Buffer.alloc(2 * MEBIBYTE)).catch(() => undefined);
    for (let reader = 0; reader < 30; reader++) memory.open();
    const next = writer.write(Buffer.alloc(64 * KIBIBYTE));
    expect(await isDone(next)).toBe(false);
    response.take();
    expect(await isDone(next)).toBe(false);
    response.take();
    expect(await isDone(next)).toBe(true);
  });

  it('is little for a reader that needs seconds for it', async () => {
    await writer.write(Buffer.alloc(2 * MEBIBYTE));
    const slow = writer.write(Buffer.alloc(MEBIBYTE));
    await jest.advanceTimersByTimeAsync(1_500);
    response.take();
    await slow;
    const next = writer.write(Buffer.alloc(64 * KIBIBYTE));
    expect(await isDone(next)).toBe(false);
    response.take();
    expect(await isDone(next)).toBe(true);
  });

  it('goes as one write where chunks are small, no later than a moment after the first', async () => {
    for (let chunk = 0; chunk < 1_000; chunk++) await writer.write(Buffer.alloc(10, chunk));
    expect(response.written).toEqual([]);
    await jest.advanceTimersByTimeAsync(20);
    expect(response.written.map(({ length }) => length)).toEqual([10_000]);
    await writer.write(Buffer.from('small'));
    await writer.write(Buffer.alloc(100 * KIBIBYTE, 1));
    expect(response.written.slice(1).map(({ length }) => length)).toEqual([5, 100 * KIBIBYTE]);
  });

  it('is all gone when the end is told', async () => {
    await writer.write(Buffer.from('the end'));
    const ended = writer.end();
    expect([response.ended, await isDone(ended), writer.sent]).toEqual([true, false, 0]);
    response.take();
    expect([await isDone(ended), writer.sent]).toEqual([true, 7]);
  });

  it('gives the memory of a block back as soon as it was taken, and keeps that of a part of one', async () => {
    const block = new Uint8Array(MEBIBYTE);
    const part = new Uint8Array(2 * MEBIBYTE).subarray(0, MEBIBYTE);
    await writer.write(block);
    await writer.write(part);
    expect([block.length, part.length]).toEqual([MEBIBYTE, MEBIBYTE]);
    response.take(2);
    expect([block.length, part.length]).toEqual([0, MEBIBYTE]);
  });

  it('ends with the socket: the failure reaches whoever writes', async () => {
    await writer.write(Buffer.alloc(2 * MEBIBYTE));
    const next = writer.write(Buffer.alloc(MEBIBYTE));
    response.take(1, new Error('EPIPE'));
    await expect(next).rejects.toThrow('EPIPE');
    expect([writer.sent, memory.bytes]).toEqual([0, MEBIBYTE]);
  });

  it('ends with the reader’s signal, by its reason', async () => {
    await writer.write(Buffer.alloc(2 * MEBIBYTE));
    const next = writer.write(Buffer.alloc(MEBIBYTE));
    gone.abort(new Error('gone'));
    await expect(next).rejects.toThrow('gone');
    await expect(writer.write(Buffer.from('a'))).rejects.toThrow('gone');
  });

  describe('to a reader that takes too little', () => {
    it('is cut off where nothing was taken for as long as told', async () => {
      await writer.write(Buffer.alloc(2 * MEBIBYTE));
      const next = writer.write(Buffer.alloc(MEBIBYTE));
      response.stall();
      await expect(next).rejects.toThrow();
      expect([response.destroyed, writer.wasTooSlow, memory.bytes]).toEqual([true, true, 0]);
    });

    it('is not cut off while it is we who have nothing for it', async () => {
      await writer.write(Buffer.alloc(MEBIBYTE));
      response.take();
      response.stall();
      expect([response.destroyed, writer.wasTooSlow]).toEqual([false, false]);
    });

    /** Writes of 16 KiB that the reader takes one by one, each `everyMs`, until it has taken so many or is cut off. */
    async function trickle(everyMs: number, writes: number): Promise<void> {
      writer.close();
      writer = writerOf(1_024, 8_000);
      for (let write = 0; write < writes && !response.destroyed; write++) {
        const next = writer.write(Buffer.alloc(16 * KIBIBYTE)).catch(() => undefined);
        for (let ms = 0; ms < everyMs && !response.destroyed; ms += 500) await jest.advanceTimersByTimeAsync(500);
        response.take();
        void next;
      }
    }

    it('is cut off where less was taken than its least rate, though something always was', async () => {
      await trickle(60_000, 10);
      expect([response.destroyed, writer.wasTooSlow]).toEqual([true, true]);
    });

    it('goes on where as much was taken as that', async () => {
      await trickle(4_000, 20);
      expect([response.destroyed, writer.wasTooSlow]).toEqual([false, false]);
    });
  });

  it('is not watched any more once it is closed', async () => {
    writer.close();
    writer = writerOf(1_024);
    await writer.write(Buffer.from('gathered'));
    writer.close();
    expect([jest.getTimerCount(), response.isWatched]).toEqual([0, false]);
    gone.abort();
  });
});
