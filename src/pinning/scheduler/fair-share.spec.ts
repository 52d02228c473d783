import { describe, expect, it } from '@jest/globals';
import { userId, type UserId } from '../../shared/index.js';
import { preempt, type Look } from './fair-share.js';

const [a, b, c] = ['a', 'b', 'c'].map(userId) as [UserId, UserId, UserId];
const looks = (owner: UserId, count: number, ms: number, found = false): Look[] =>
  Array.from({ length: count }, (_, n) => ({ userId: owner, ms: ms + n, found }));
const none = new Map<UserId, number>();

describe('preemption', () => {
  it('is for nobody while nobody waits', () => {
    expect(preempt(looks(a, 64, 600_000), [{ userId: a, running: 64, due: 0 }], none)).toEqual([]);
  });

  it('lets another account be looked for at once, in place of what was looked for longest', () => {
    const gone = preempt(
      looks(a, 64, 2_000),
      [
        { userId: a, running: 64, due: 64 },
        { userId: b, running: 0, due: 1 },
      ],
      none,
    );
    expect(gone).toEqual([{ userId: a, ms: 2_063, found: false }]);
  });

  it('gives everybody the time to find a peer first', () => {
    expect(
      preempt(
        looks(a, 64, 0),
        [
          { userId: a, running: 64, due: 64 },
          { userId: b, running: 0, due: 1 },
        ],
        none,
      ),
    ).toEqual([]);
  });

  it('goes on until the shares are even, and then stays', () => {
    const even = preempt(
      looks(a, 64, 2_000),
      [
        { userId: a, running: 64, due: 64 },
        { userId: b, running: 0, due: 64 },
      ],
      none,
    );
    expect(even).toHaveLength(32);
    expect(
      preempt(
        [...looks(a, 32, 2_000), ...looks(b, 32, 2_000)],
        [
          { userId: a, running: 32, due: 64 },
          { userId: b, running: 32, due: 64 },
        ],
        none,
      ),
    ).toEqual([]);
  });

  it('keeps to the weights', () => {
    const shares = [
      { userId: a, running: 64, due: 64 },
      { userId: b, running: 0, due: 64 },
    ];
    expect(preempt(looks(a, 64, 2_000), shares, new Map([[b, 3]]))).toHaveLength(48);
    expect(preempt(looks(a, 64, 2_000), shares, new Map([[a, 3]]))).toHaveLength(16);
  });

  it('takes from whoever has most for those who have least', () => {
    const shares = [
      { userId: a, running: 10, due: 9 },
      { userId: b, running: 4, due: 9 },
      { userId: c, running: 0, due: 2 },
    ];
    const gone = preempt([...looks(a, 10, 2_000), ...looks(b, 4, 9_000)], shares, none);
    expect(gone.map(({ userId: owner }) => owner)).toEqual([a, a, a, a]);
  });

  it("lets an account's own pins take turns, but only after a long look", () => {
    const shares = [{ userId: a, running: 64, due: 3 }];
    expect(preempt(looks(a, 64, 10_000), shares, none)).toEqual([]);
    expect(preempt(looks(a, 64, 20_000), shares, none)).toHaveLength(3);
  });

  it('lets accounts with one look each take turns with those that have none', () => {
    const many = Array.from({ length: 64 }, (_, n) => userId(`many ${n}`));
    const shares = [...many.map((owner) => ({ userId: owner, running: 1, due: 5 })), { userId: b, running: 0, due: 1 }];
    const of = (ms: number) =>
      preempt(
        many.flatMap((owner) => looks(owner, 1, ms)),
        shares,
        none,
      );
    expect(of(10_000)).toEqual([]);
    // The newcomer's, and after it each account's own next.
    expect(of(20_000).length).toBeGreaterThan(0);
  });

  it('sends what has been found away for other accounts alone', () => {
    expect(preempt(looks(a, 8, 60_000, true), [{ userId: a, running: 8, due: 9 }], none)).toEqual([]);
    expect(
      preempt(
        looks(a, 8, 60_000, true),
        [
          { userId: a, running: 8, due: 9 },
          { userId: b, running: 0, due: 1 },
        ],
        none,
      ),
    ).toHaveLength(1);
  });

  it('decides quickly however many accounts wait', () => {
    const shares = [
      { userId: a, running: 72, due: 72 },
      ...Array.from({ length: 10_000 }, (_, n) => ({ userId: userId(`w ${n}`), running: 0, due: 1 })),
    ];
    const began = performance.now();
    expect(preempt(looks(a, 72, 5_000), shares, none)).toHaveLength(71);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
