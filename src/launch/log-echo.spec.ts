import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../test/support/test-clock.js';
import { LogEcho } from './log-echo.js';

describe("the console's share of a log", () => {
  let said: string[];
  let echo: LogEcho;
  let clock: TestClock;

  beforeEach(() => {
    said = [];
    clock = new TestClock();
    echo = new LogEcho('worker', (line) => said.push(line), clock);
  });

  const readLog = (...lines: object[]): void =>
    echo.readLog(Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));

  it('leaves out what is only information', () => {
    readLog({ level: 30, msg: 'started' }, { level: 20, msg: 'details' });
    expect(said).toEqual([]);
  });

  it('tells warnings and errors in words, with their cause', () => {
    readLog({ level: 40, msg: 'miner is slow' }, { level: 50, msg: 'deal failed', err: { message: 'no answer' } });
    expect(said).toEqual(['[worker] warn: miner is slow', '[worker] error: deal failed: no answer']);
  });

  it('puts a line together that arrives in pieces', () => {
    const line = `${JSON.stringify({ level: 50, msg: 'in two pieces' })}\n`;
    echo.readLog(Buffer.from(line.slice(0, 9)));
    echo.readLog(Buffer.from(line.slice(9)));
    expect(said).toEqual(['[worker] error: in two pieces']);
  });

  it('is not taken in by a level inside a message', () => {
    readLog({ level: 30, msg: 'got {"level":50}' });
    expect(said).toEqual([]);
  });

  it('repeats a crash as it is', () => {
    echo.repeat(Buffer.from('Error: broken\n    at here\n'));
    expect(said).toEqual(['[worker] Error: broken', '[worker]     at here']);
  });

  it('cuts a flood short and says how much it left out', () => {
    for (let n = 0; n < 40; n++) readLog({ level: 50, msg: `failure ${n}` });
    expect(said).toHaveLength(15);
    clock.advance(100_000);
    readLog({ level: 50, msg: 'later' });
    expect(said.slice(15)).toEqual(['[worker] ... and 25 more lines in its log', '[worker] error: later']);
  });
});
