import { describe, expect, it } from '@jest/globals';
import { SharedReads } from './shared-reads.js';

const atOnce = <T>(read: () => Promise<T>): Promise<T> => read();
const stays = new AbortController().signal;

/** Reads that end when they are told to. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

describe('a read that several want', () => {
  it('is done once for all who come before its end, and anew for who comes behind it', async () => {
    const reads = new SharedReads<number>(atOnce);
    const { opened, open } = gate();
    let begun = 0;
    const read = async () => {
      begun += 1;
      await opened;
      return begun;
    };
    const all = Array.from({ length: 20 }, () => reads.run('a', stays, read));
    open();
    expect(await Promise.all(all)).toEqual(Array.from({ length: 20 }, () => 1));
    expect(await reads.run('a', stays, read)).toBe(2);
  });

  it('goes on for the others when the one who began it has gone', async () => {
    const turn = gate();
    const reads = new SharedReads<string>(async (read) => {
      await turn.opened;
      return read();
    });
    const leaver = new AbortController();
    const first = reads.run('a', leaver.signal, () => Promise.resolve('read'));
    const second = reads.run('a', stays, () => Promise.reject(new Error('read twice')));
    leaver.abort();
    turn.open();
    expect(await Promise.all([first, second])).toEqual(['read', 'read']);
  });

  it('is not begun when all have gone before its turn', async () => {
    const turn = gate();
    const reads = new SharedReads<string>(async (read) => {
      await turn.opened;
      return read();
    });
    const leaver = new AbortController();
    const read = reads.run('a', leaver.signal, () => Promise.reject(new Error('begun')));
    leaver.abort(new Error('gone'));
    turn.open();
    await expect(read).rejects.toThrow('gone');
    expect(await reads.run('a', stays, () => Promise.resolve('anew'))).toBe('anew');
  });

  it('fails for all of them, and is tried anew by who comes afterwards', async () => {
    const reads = new SharedReads<string>(atOnce);
    const failing = () => Promise.reject(new Error('the disk'));
    const both = await Promise.allSettled([reads.run('a', stays, failing), reads.run('a', stays, failing)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await reads.run('a', stays, () => Promise.resolve('anew'))).toBe('anew');
  });
});
