import { describe, expect, it } from '@jest/globals';
import { type Bandwidth, hourOf, sumBandwidth } from './observation.js';

const entry = (over: Partial<Bandwidth>): Bandwidth => ({
  channel: 'gateway',
  direction: 'out',
  subject: 'bafy',
  userId: '',
  bytes: 10,
  requests: 1,
  ...over,
});

describe('bandwidth', () => {
  it('is summed where channel, direction, subject and account are the same, and only there', () => {
    const entries = [
      entry({}),
      entry({ bytes: 5 }),
      entry({ channel: 'bitswap' }),
      entry({ direction: 'in' }),
      entry({ subject: 'other' }),
      entry({ userId: 'somebody' }),
    ];
    expect(sumBandwidth(entries)).toEqual([entry({ bytes: 15, requests: 2 }), ...entries.slice(2)]);
  });

  it('leaves the entries as they were', () => {
    const first = entry({});
    sumBandwidth([first, entry({ bytes: 5 })]);
    expect(first.bytes).toBe(10);
  });

  it.each([
    ['2026-05-04T10:20:30Z', '2026-05-04T10:00:00Z'],
    ['2026-05-04T10:00:00Z', '2026-05-04T10:00:00Z'],
    ['2026-05-04T23:59:59.999Z', '2026-05-04T23:00:00Z'],
  ])('at %s belongs to the hour %s', (at, hour) => {
    expect(hourOf(new Date(at))).toEqual(new Date(hour));
  });
});
