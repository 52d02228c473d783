import type { IncomingMessage, ServerResponse } from 'node:http';
import { Throttle } from '../market/throttle.js';

/** On every answer: nobody shall take this network for the real one. */
export const SIMULATED = { 'X-Tidewater-Devnet': 'simulated' } as const;
const PIECE_OF_WRITE = 256 * 1024;

/** An answer at the speed of a miner's link, with backpressure. */
export class Reply {
  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly bytesPerSecond: () => number,
  ) {}

  /** The request wants status and headers alone. */
  get isHead(): boolean {
    return this.request.method === 'HEAD';
  }

  /** Nothing can be sent any more: the client hung up, or the answer is complete. */
  get isGone(): boolean {
    return this.response.destroyed || this.response.writableEnded;
  }

  /** Status and headers; the body is up to the caller. */
  head(status: number, headers: Record<string, string | number>): void {
    this.response.writeHead(status, { ...SIMULATED, 'X-Content-Type-Options': 'nosniff', ...headers });
  }

  /**
   * Before the first byte an error has a body; after it the connection breaks, so that nobody takes the part for the
   * whole.
   */
  error(status: number, error: string, message: string, headers: Record<string, string> = {}): void {
    if (this.response.headersSent) return void this.response.destroy();
    this.head(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers });
    this.response.end(this.isHead ? undefined : JSON.stringify({ error, message }));
  }

  /** The answer is complete without more of a body. */
  end(): void {
    this.response.end();
  }

  /** Sends the body; stops when the client hangs up. */
  async stream(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const throttle = new Throttle(this.bytesPerSecond);
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += PIECE_OF_WRITE) {
        if (this.isGone) return;
        const part = chunk.subarray(at, at + PIECE_OF_WRITE);
        if (!this.response.write(part)) await this.drained();
        await throttle.passed(part.length);
      }
    }
    this.response.end();
  }

  /** Resolves when the client took what was written, or went. */
  private drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.response.off('drain', done);
        this.response.off('close', done);
        resolve();
      };
      this.response.on('drain', done);
      this.response.on('close', done);
      if (this.response.destroyed) done();
    });
  }

  /** What nobody foresaw: 500, or a broken connection. */
  fail(error: unknown): void {
    this.error(500, 'internal', error instanceof Error ? error.message : String(error));
  }
}
