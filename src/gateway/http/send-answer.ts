import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AppConfig } from '../../config/index.js';
import type { GatewayAnswer } from '../domain/answer.js';
import type { ReaderMemory } from '../domain/read-memory.js';
import { EgressMeter } from '../ports/egress-meter.port.js';
import { SocketWriter } from './socket-writer.js';

/** Writes an answer to the socket, as fast as its reader takes it, and counts what really left. */
@Injectable()
export class SendAnswer {
  constructor(
    private readonly meter: EgressMeter,
    private readonly config: AppConfig,
  ) {}

  /**
   * @throws whatever the body throws: before the head is written it can still become an error answer, afterwards the
   * connection has to break.
   */
  async run(
    reply: FastifyReply,
    answer: GatewayAnswer,
    isHead: boolean,
    memory: ReaderMemory,
    signal: AbortSignal,
  ): Promise<void> {
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
    const { GATEWAY_STALL_SECONDS, GATEWAY_MIN_BYTES_PER_SECOND } = this.config.values;
    const writer = new SocketWriter(reply.raw, memory, signal, {
      stallMs: GATEWAY_STALL_SECONDS * 1000,
      bytesPerSecond: GATEWAY_MIN_BYTES_PER_SECOND,
    });
    try {
      for (let next = first; !next.done; next = await chunks.next()) await writer.write(next.value);
      if (length !== null && writer.accepted !== length)
        throw new Error(`the body has ${writer.accepted} bytes, and ${length} were promised`);
      await writer.end();
    } catch (error) {
      reply.raw.destroy();
      if (!signal.aborted && !writer.wasTooSlow) throw error;
    } finally {
      writer.close();
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
