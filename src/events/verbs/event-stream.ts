import type { UserId } from '../../shared/index.js';
import type { AccountEvent } from '../domain/account-event.js';

/** Events of one read: what a stream holds in memory. */
const PAGE = 100;
/** A reader that takes nothing for so long is ended; it comes back with the id that it had last. */
const STALL_MS = 30_000;

/** Where a stream writes: a response that is open. */
export interface EventSink {
  /** False when the reader has not taken what was written before. */
  write(text: string): boolean;
  /** Resolves when there is room again; rejects when the signal aborts first. */
  drained(signal: AbortSignal): Promise<void>;
  end(): void;
  onClose(call: () => void): void;
}

/** Reads the events of an account in their order. */
export interface EventPages {
  page(user: UserId, after: bigint, types: readonly string[] | null, limit: number): Promise<AccountEvent[]>;
}

/** One reader. Reads only when it is woken, one page at a time, and no further than its reader takes. */
export class EventStream {
  readonly userId: UserId;
  readonly keyId: string;
  private readonly types: readonly string[] | null;
  private readonly ended = new AbortController();
  private cursor: bigint | undefined;
  private pumping = false;
  private woken = false;

  constructor(
    of: { userId: UserId; keyId: string; types: readonly string[] | null },
    private readonly sink: EventSink,
    private readonly pages: EventPages,
  ) {
    this.userId = of.userId;
    this.keyId = of.keyId;
    this.types = of.types;
  }

  /** From behind this id on. */
  begin(after: bigint): void {
    this.cursor = after;
    this.sink.write(': connected\n\n');
    this.wake();
  }

  /** There may be events. */
  wake(): void {
    this.woken = true;
    if (this.pumping || this.cursor === undefined) return;
    this.pumping = true;
    void this.pump()
      // A read that failed is made up for by the next wake-up, from the same place.
      .catch(() => undefined)
      .finally(() => {
        this.pumping = false;
      });
  }

  /** A comment, which readers pass over. Never more than what waits already. */
  beat(): void {
    if (!this.pumping && !this.ended.signal.aborted && this.cursor !== undefined) this.sink.write(': heartbeat\n\n');
  }

  /** Harmless twice. */
  end(): void {
    if (this.ended.signal.aborted) return;
    this.ended.abort();
    this.sink.end();
  }

  private async pump(): Promise<void> {
    while (this.woken && !this.ended.signal.aborted) {
      this.woken = false;
      const events = await this.pages.page(this.userId, this.cursor ?? 0n, this.types, PAGE);
      for (const event of events) {
        if (this.ended.signal.aborted) return;
        const room = this.sink.write(textOf(event));
        this.cursor = event.id;
        if (!room && !(await this.taken())) return;
      }
      if (events.length === PAGE) this.woken = true;
    }
  }

  /** False: the reader took nothing for too long, and the stream is over. */
  private async taken(): Promise<boolean> {
    try {
      await this.sink.drained(AbortSignal.any([this.ended.signal, AbortSignal.timeout(STALL_MS)]));
      return true;
    } catch {
      this.end();
      return false;
    }
  }
}

/** As the standard has it (HTML, 9.2.6): one line of data, for JSON has no line breaks. */
function textOf({ id, type, data, at }: AccountEvent): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ id: id.toString(), type, at: at.toISOString(), data })}\n\n`;
}
