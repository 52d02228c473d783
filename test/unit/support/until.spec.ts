import { describe, expect, it } from '@jest/globals';
import { eventually, until } from '../../support/until.js';

describe('waiting in tests', () => {
  it('ends when the condition holds, with what it found', async () => {
    let asked = 0;
    expect(await until(() => (++asked === 3 ? { asked } : null), { intervalMs: 1 })).toEqual({ asked: 3 });
  });

  it('takes zero and the empty text for found', async () => {
    expect(await until(() => 0)).toBe(0);
    expect(await until(async () => '')).toBe('');
  });

  it('says what it waited for when the time is over', async () => {
    const never = until(() => false, { timeoutMs: 5, intervalMs: 1, what: 'pigs fly' });
    await expect(never).rejects.toThrow('after 5 ms it was still not so that pigs fly');
  });

  it('does not wait on when the condition throws', async () => {
    const broken = until(() => Promise.reject(new Error('gone')), { timeoutMs: 60_000 });
    await expect(broken).rejects.toThrow('gone');
  });

  it('asks a check of expectations again until it passes, and fails with its last word', async () => {
    let asked = 0;
    await eventually(() => expect(++asked).toBe(3), { intervalMs: 1 });
    await expect(eventually(() => expect(asked).toBe(4), { timeoutMs: 5, intervalMs: 1 })).rejects.toThrow(
      /Expected: 4/,
    );
  });
});
