/** One event as it came over the wire. */
export interface SentEvent {
  id: string;
  event: string;
  data: string;
}

/** Reads a stream of server-sent events as a browser does, and remembers what came. */
export class SseReader {
  readonly events: SentEvent[] = [];
  /** With the head of the answer and its first comment; rejects when it is no stream. */
  readonly opened: Promise<void>;
  /** The server ended it. */
  ended = false;
  private readonly aborted = new AbortController();

  constructor(url: string, headers: Record<string, string>) {
    this.opened = this.open(url, headers);
    this.opened.catch(() => undefined);
  }

  /** As a reader that goes away. */
  close(): void {
    this.aborted.abort();
  }

  private async open(url: string, headers: Record<string, string>): Promise<void> {
    const answer = await fetch(url, { headers, signal: this.aborted.signal });
    if (answer.status !== 200 || !answer.body) throw new Error(`${answer.status}: ${await answer.text()}`);
    const first = Promise.withResolvers<void>();
    void this.read(answer.body, first.resolve).catch((error: unknown) => first.reject(error));
    await first.promise;
  }

  private async read(body: ReadableStream<Uint8Array>, begun: () => void): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for await (const chunk of body) {
        begun();
        text += decoder.decode(chunk, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.take(block);
      }
    } finally {
      this.ended = !this.aborted.signal.aborted;
    }
  }

  private take(block: string): void {
    const fields = new Map(
      block
        .split('\n')
        .filter((line) => !line.startsWith(':'))
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const),
    );
    if (fields.has('data'))
      this.events.push({
        id: fields.get('id') ?? '',
        event: fields.get('event') ?? '',
        data: fields.get('data') ?? '',
      });
  }
}
