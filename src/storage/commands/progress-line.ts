import type { BackupProgress } from './backup.js';

/** On a terminal one line changes so often, in milliseconds; elsewhere (a log) a line is added so often. */
const TERMINAL_MS = 250;
const LOG_MS = 10_000;

/** Tells people how far something is, without telling them of each step. */
export class ProgressLine {
  private shownAt: number;
  private isShown = false;

  constructor(
    private readonly out: { isTTY?: boolean; write(text: string): unknown },
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.shownAt = this.nowMs();
  }

  /** Shown, or not when another one was shown a moment ago. */
  show(text: string): void {
    const now = this.nowMs();
    if (now - this.shownAt < (this.out.isTTY ? TERMINAL_MS : LOG_MS)) return;
    this.shownAt = now;
    this.isShown = true;
    this.out.write(this.out.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  }

  /** Leaves nothing on a terminal. */
  end(): void {
    if (this.isShown && this.out.isTTY) this.out.write('\r\x1b[K');
  }
}

/** `1200 of 5000 CARs, 3.1 of 12.0 GB`. */
export function progressText({ cars, ofCars, bytes, ofBytes }: BackupProgress): string {
  const unit = ofBytes < 1e9 ? 'MB' : 'GB';
  const amount = (count: number): string => (count / (unit === 'MB' ? 1e6 : 1e9)).toFixed(1);
  return `${cars} of ${ofCars} CARs, ${amount(bytes)} of ${amount(ofBytes)} ${unit}`;
}
