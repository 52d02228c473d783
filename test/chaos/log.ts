import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import path from 'node:path';

/** Everything that was done, with times: one JSON object a line, and what people follow on the screen. */
export class Log {
  readonly file: string;
  private readonly stream: WriteStream;
  private readonly begun = Date.now();
  private readonly counts = new Map<string, number>();
  round = -1;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.file = path.join(folder, 'chaos.jsonl');
    this.stream = createWriteStream(this.file, { flags: 'a' });
  }

  /** `kind`: counted under it in the result. */
  write(kind: string, facts: object = {}): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    const at = new Date().toISOString();
    this.stream.write(`${JSON.stringify({ at, t: Date.now() - this.begun, round: this.round, kind, ...facts })}\n`);
  }

  say(line: string): void {
    process.stdout.write(`${line}\n`);
  }

  figures(): Record<string, number> {
    return Object.fromEntries([...this.counts].sort(([a], [b]) => a.localeCompare(b)));
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.stream.end(() => resolve()));
  }
}
