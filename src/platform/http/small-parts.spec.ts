import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { SmallParts } from './small-parts.js';

/** Cuts bytes at random, now into small parts, now into large ones. */
function parts(bytes: Buffer): Buffer[] {
  const cut: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const most = [2, 100, 5_000, 100_000][Math.floor(Math.random() * 4)] as number;
    const end = at + Math.floor(Math.random() * most);
    cut.push(bytes.subarray(at, end));
    at = end;
  }
  return cut;
}

describe('parts of a body', () => {
  it('keep their order and their bytes, however they are cut', () => {
    for (let round = 0; round < 200; round++) {
      const bytes = randomBytes(200_000);
      const small = new SmallParts();
      const ready = parts(bytes).flatMap((part) => {
        const now = small.add(part);
        const rest = Math.random() < 0.01 ? small.take() : null;
        return rest ? [...now, rest] : now;
      });
      expect(Buffer.concat([...ready, ...(small.length > 0 ? [small.take()!] : [])]).equals(bytes)).toBe(true);
      expect([small.length, small.take()]).toEqual([0, null]);
    }
  });

  it('of a byte become few pieces, and those of kilobytes stay what they are', () => {
    const small = new SmallParts();
    const pieces = Array.from({ length: 100_000 }, () => small.add(Buffer.from('x'))).flat();
    expect(pieces.length).toBeLessThan(10);
    const large = Buffer.alloc(4_096);
    small.take();
    expect(small.add(large)).toEqual([large]);
    expect(small.add(large)[0]).toBe(large);
  });

  it('that come alone are not copied, and a nearly empty piece keeps no more memory than it has bytes', () => {
    const small = new SmallParts();
    const alone = Buffer.from('alone');
    expect([small.add(alone), small.take()]).toEqual([[], alone]);
    small.add(Buffer.from('a'));
    small.add(Buffer.from('b'));
    const two = small.take() as Buffer;
    expect([two.toString(), two.buffer.byteLength]).toEqual(['ab', 2]);
  });
});
