import { describe, expect, it } from '@jest/globals';
import { ProgressLine, progressText } from './progress-line.js';

describe('a line that tells how far a backup is', () => {
  function lineOn(isTTY: boolean) {
    const screen = { text: '', now: 0 };
    const line = new ProgressLine({ isTTY, write: (text) => (screen.text += text) }, () => screen.now);
    const showAt = (now: number, text: string): void => {
      screen.now = now;
      line.show(text);
    };
    return { screen, line, showAt };
  }

  it('moves on a terminal, not with every step, and is gone in the end', () => {
    const { screen, line, showAt } = lineOn(true);
    for (const now of [10, 250, 260, 510]) showAt(now, `at ${now}`);
    line.end();
    expect(screen.text).toBe('\r\x1b[Kat 250\r\x1b[Kat 510\r\x1b[K');
  });

  it('is a line now and then in a log, and none for what is done at once', () => {
    const { screen, line, showAt } = lineOn(false);
    showAt(9_000, 'nearly');
    line.end();
    expect(screen.text).toBe('');
    showAt(10_000, 'first');
    showAt(19_000, 'between');
    showAt(20_000, 'second');
    expect(screen.text).toBe('first\nsecond\n');
  });

  it('names CARs and bytes, in a unit that suits them', () => {
    expect(progressText({ cars: 3, ofCars: 12, bytes: 1_500_000, ofBytes: 20_000_000 })).toBe(
      '3 of 12 CARs, 1.5 of 20.0 MB',
    );
    expect(progressText({ cars: 1200, ofCars: 5000, bytes: 3.1e9, ofBytes: 12e9 })).toBe(
      '1200 of 5000 CARs, 3.1 of 12.0 GB',
    );
  });
});
