import { Injectable } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { GatewayAnswer } from '../domain/answer.js';
import { EgressMeter } from '../ports/egress-meter.port.js';

/**
 * Bytes handed to the socket and not yet gone. Enough to keep it busy while the next block is read, little enough for
 * many readers.
 */
const IN_FLIGHT_BYTES = 2 * 1024 * 1024;

/** Writes an answer to the socket, as fast as its reader takes it, and counts what really left. */
@Injectable()
export class SendAnswer {
  constructor(private readonly meter: EgressMeter) {}

  /**
   * @throws whatever the body throws: before the head is written it can still become an error answer, afterwards the
   * connection has to break.
   */
  async run(reply: FastifyReply, answer: GatewayAnswer, isHead: boolean, signal: AbortSignal): Promise<void> {
    const { status, headers, body, length } = answer;
    const sized: Record<string, string> = length === null ? {} : { 'content-length': String(length) };
    if (body === null || isHead) {
      this.head(reply, status, {
        ...headers,
        ...(body === null && status !== 304 ? { 'content-length': '0' } : sized),
      });
      reply.raw.end();
      return;
    }
    const chunks = body[Symbol.asyncIterator]();
    // The first bytes decide whether there is an answer at all.
    const first = await chunks.next();
    this.head(reply, status, { ...headers, ...sized });
    const writer = new SocketWriter(reply.raw, signal);
    try {
      for (let next = first; !next.done; next = await chunks.next()) await writer.write(next.value);
      if (length !== null && writer.accepted !== length)
        throw new Error(`the body has ${writer.accepted} bytes, and ${length} were promised`);
      await writer.end();
    } catch (error) {
      reply.raw.destroy();
      if (!signal.aborted) throw error;
    } finally {
      await chunks.return?.();
      this.meter.count({ root: answer.root, bytes: writer.sent, channel: 'gateway' });
    }
  }

  /** The framework's own headers (request id, CORS) go along. */
  private head(reply: FastifyReply, status: number, headers: Record<string, string>): void {
    reply.hijack();
    const own = Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    reply.raw.writeHead(status, { ...Object.fromEntries(own), ...headers });
  }
}

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

/** Keeps a bounded number of bytes on their way to the kernel, and knows how many have arrived there. */
class SocketWriter {
  accepted = 0;
  sent = 0;
  private failure: Error | null = null;
  private wake: (() => void) | null = null;

  constructor(
    private readonly response: ServerResponse,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => this.wake?.(), { once: true });
  }

  /** Resolves when more may come. @throws the socket's failure, or the signal's reason. */
  async write(bytes: Uint8Array): Promise<void> {
    this.signal.throwIfAborted();
    const { length } = bytes;
    this.accepted += length;
    this.response.write(bytes, (error) => {
      if (error) this.failure ??= error;
      else this.sent += length;
      detachBuffer(bytes);
      this.wake?.();
    });
    while (this.accepted - this.sent > IN_FLIGHT_BYTES) await this.progress();
  }

  /** Resolves when everything has reached the kernel. */
  async end(): Promise<void> {
    this.response.end();
    while (this.sent < this.accepted) await this.progress();
  }

  /** Until a write has ended or the reader has gone. */
  private async progress(): Promise<void> {
    if (this.failure) throw this.failure;
    this.signal.throwIfAborted();
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    this.wake = null;
  }
}
