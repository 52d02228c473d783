import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CarReader, cidOf, RAW } from '../../ipld/index.js';
import { carForm } from './car-form.js';

const KIB = 1024;

async function* blocksOf(sizes: number[], bytesOf = (size: number): Uint8Array => Uint8Array.from(randomBytes(size))) {
  for (const size of sizes) {
    const bytes = bytesOf(size);
    yield await Promise.resolve({ cid: cidOf(RAW, bytes), bytes });
  }
}

describe('a CAR in a form', () => {
  it('is what a multipart reader finds, block by block', async () => {
    const sizes = [0, 1, 300 * KIB, 20];
    const form = carForm(blocksOf(sizes));
    const parts: Uint8Array[] = [];
    for await (const part of form.body) parts.push(part);
    const parsed = await new Response(Buffer.concat(parts), { headers: { 'content-type': form.type } }).formData();
    const file = parsed.get('file') as File;
    expect([file.name, file.type, form.sent()]).toEqual(['dag.car', 'application/vnd.ipld.car', 4]);
    const car = await CarReader.open(file.stream());
    const found: number[] = [];
    for await (const block of car.blocks()) {
      expect(cidOf(RAW, block.bytes).equals(block.cid)).toBe(true);
      found.push(block.bytes.length);
    }
    expect(found).toEqual(sizes);
  });

  it('puts small blocks together, and has no more than a chunk and a block in memory', async () => {
    let made = 0;
    let taken = 0;
    const form = carForm(
      blocksOf(
        Array.from({ length: 1000 }, () => 10 * KIB),
        (size) => {
          made += size;
          return new Uint8Array(size);
        },
      ),
    );
    let parts = 0;
    for await (const part of form.body) {
      parts += 1;
      taken += part.length;
      expect(made - taken).toBeLessThan(2 * 256 * KIB);
    }
    expect(parts).toBeLessThan(60);
    expect(form.sent()).toBe(1000);
  });

  it('hands on why its blocks end', async () => {
    async function* broken() {
      yield* blocksOf([1]);
      throw new Error('a block is not here');
    }
    const { body } = carForm(broken());
    await expect(
      (async () => {
        for await (const part of body) expect(part.length).toBeGreaterThan(0);
      })(),
    ).rejects.toThrow('a block is not here');
  });
});
