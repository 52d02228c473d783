import type { ServerResponse } from 'node:http';
import type { ReaderMemory } from '../domain/read-memory.js';

/**
 * Bytes handed to the socket and not yet gone. Enough to keep it busy while the next block is read, little enough for
 * many readers.
 */
const IN_FLIGHT_BYTES = 2 * 1024 * 1024;
/** The same for a reader that needs seconds for a little: what it takes is seen, and counted. */
const SLOW_IN_FLIGHT_BYTES = 64 * 1024;
/** A wait for the reader that is longer makes it a slow one. */
const SLOW_MS = 1_000;
/** Smaller chunks are gathered: each write to a socket costs as much as many of them. */
const GATHERED_BYTES = 16 * 1024;
const GATHER_UP_TO = 64 * 1024;
/** What is gathered waits no longer for more. */
const GATHER_MS = 20;
/** Timeouts between two looks at how much a reader has taken. */
const STALLS_PER_LOOK = 4;

/** Bytes. Smaller ones may share their memory with others, and are no burden. */
const WORTH_DETACHING = 256 * 1024;
/** What a block is read together with: the CID in front of it. */
const SECTION_HEAD = 128;

/**
 * Gives a sent block's memory back now: left to the collector, a download gathers hundreds of megabytes of it.
 * HotBlocks gave the bytes to this reader alone; a part of a block (a range) keeps its memory, because the rest may
 * still be on its way.
 */
function detachBuffer({ buffer, byteLength }: Uint8Array): void {
  if (byteLength >= WORTH_DETACHING && buffer instanceof ArrayBuffer && buffer.byteLength - byteLength <= SECTION_HEAD)
    buffer.transfer(0);
}

/**
 * Keeps a bounded number of bytes on their way to the kernel, counts them against the memory of all readers, and knows
 * how many have arrived there. Cuts off a reader that takes nothing, or less than it should.
 */
export class SocketWriter {
  accepted = 0;
  sent = 0;
  /** The reader was cut off. */
  wasTooSlow = false;
  private failure: Error | null = null;
  private wake: (() => void) | null = null;
  private isSlow = false;
  private gathered: Uint8Array[] = [];
  private gatheredBytes = 0;
  private gathering: NodeJS.Timeout | null = null;
  private readonly look: NodeJS.Timeout | null;
  private last: { accepted: number; inFlight: number } | null = null;
  private readonly onAbort = (): void => this.wake?.();

  /** @param least - what a reader has to take: anything at all per `stallMs`, and so many bytes a second on average */
  constructor(
    private readonly response: ServerResponse,
    private readonly memory: ReaderMemory,
    private readonly signal: AbortSignal,
    private readonly least: { stallMs: number; bytesPerSecond: number },
  ) {
    signal.addEventListener('abort', this.onAbort, { once: true });
    // Node sees progress inside of a large write, too.
    response.setTimeout(least.stallMs, () => this.cutOffIf(this.accepted > this.sent, 'nothing'));
    this.look =
      least.bytesPerSecond === 0 ? null : setInterval(() => this.lookAtRate(), STALLS_PER_LOOK * least.stallMs).unref();
  }

  /** Resolves when more may come. @throws the socket's failure, or the signal's reason. */
  async write(bytes: Uint8Array): Promise<void> {
    this.signal.throwIfAborted();
    if (bytes.length < GATHERED_BYTES) {
      this.gather(bytes);
      if (this.gatheredBytes < GATHER_UP_TO) return;
    } else {
      this.flush();
      this.send(bytes, bytes.length);
    }
    this.flush();
    await this.whileMoreThan(this.most);
  }

  /** Resolves when everything has reached the kernel. */
  async end(): Promise<void> {
    this.flush();
    this.response.end();
    await this.whileMoreThan(0);
  }

  /** Nothing is watched any more. */
  close(): void {
    if (this.look) clearInterval(this.look);
    if (this.gathering) clearTimeout(this.gathering);
    this.response.setTimeout(0);
    this.signal.removeEventListener('abort', this.onAbort);
  }

  private get most(): number {
    if (this.isSlow) return SLOW_IN_FLIGHT_BYTES;
    return this.memory.isScarce() ? 0 : IN_FLIGHT_BYTES;
  }

  private gather(bytes: Uint8Array): void {
    this.gathered.push(bytes);
    this.gatheredBytes += bytes.length;
    this.accepted += bytes.length;
    this.gathering ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  private flush(): void {
    if (this.gathering) clearTimeout(this.gathering);
    this.gathering = null;
    if (this.gatheredBytes === 0) return;
    const bytes = Buffer.concat(this.gathered, this.gatheredBytes);
    this.gathered = [];
    this.gatheredBytes = 0;
    this.accepted -= bytes.length;
    this.send(bytes, bytes.length);
  }

  private send(bytes: Uint8Array, length: number): void {
    this.accepted += length;
    this.memory.add(length);
    this.response.write(bytes, (error) => {
      this.memory.add(-length);
      if (error) this.failure ??= error;
      else this.sent += length;
      detachBuffer(bytes);
      this.wake?.();
    });
  }

  /** Until no more than so many bytes are on their way. @throws the socket's failure, or the signal's reason. */
  private async whileMoreThan(bytes: number): Promise<void> {
    const began = performance.now();
    while (this.accepted - this.sent > bytes) {
      if (this.failure) throw this.failure;
      this.signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = null;
    }
    this.isSlow = performance.now() - began > SLOW_MS;
  }

  /** Compares what was taken since the last look, where the reader alone was waited for. */
  private lookAtRate(): void {
    const { last } = this;
    const inFlight = this.accepted - this.sent;
    const taken = last === null ? Infinity : this.accepted - last.accepted;
    const due = (this.least.bytesPerSecond * STALLS_PER_LOOK * this.least.stallMs) / 1000;
    this.last = { accepted: this.accepted, inFlight };
    // What was on its way as one write is seen only when all of it has gone.
    this.cutOffIf(
      last !== null && last.inFlight > 0 && inFlight > 0 && last.inFlight <= due && taken < due,
      'too little',
    );
  }

  private cutOffIf(isTooSlow: boolean, what: string): void {
    if (!isTooSlow || this.response.destroyed) return;
    this.wasTooSlow = true;
    this.failure ??= new Error(`the reader takes ${what}`);
    this.response.destroy();
    this.wake?.();
  }
}
