import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { carHeaderOf, hashMatches, varint } from '../../ipld/index.js';
import { buildDag, carOf, inPieces, rawBlock, sectionOf, type BuiltDag } from '../testing/dag-builder.js';
import { readCar } from './car-stream.js';
import { DagProgress } from './dag-progress.js';

async function take(
  dag: BuiltDag,
  source: AsyncIterable<Uint8Array>,
  progress = new DagProgress(dag.root, hashMatches),
): Promise<DagProgress> {
  progress.begin();
  for await (const { cid, bytes } of readCar(source)) {
    await progress.accept(cid, bytes);
    if (progress.complete) break;
  }
  return progress;
}

const file = () => buildDag(randomBytes(20_000));

describe('a CAR from a stranger', () => {
  it.each([1, 13, 700, 1_000_000])('is taken whole when it is honest, in pieces of %d bytes', async (size) => {
    const dag = await file();
    const progress = await take(dag, inPieces(carOf(dag.root, dag.blocks), size));
    expect([progress.complete, progress.blocks]).toEqual([true, dag.blocks.length]);
  });

  it('is refused at a block whose bytes do not match, by name', async () => {
    const dag = await file();
    const [first, second, third, ...rest] = dag.blocks;
    const wrong = {
      cid: third!.cid,
      bytes: Uint8Array.from(third!.bytes, (byte, index) => (index === 5 ? byte ^ 1 : byte)),
    };
    await expect(take(dag, inPieces(carOf(dag.root, [first!, second!, wrong, ...rest])))).rejects.toMatchObject({
      reason: 'wrong-bytes',
      message: expect.stringContaining(third!.cid.toString()),
    });
  });

  it('is refused at an intact block that nobody asked for', async () => {
    const dag = await file();
    const stranger = rawBlock(randomBytes(100));
    await expect(take(dag, inPieces(carOf(dag.root, [dag.blocks[0]!, stranger])))).rejects.toMatchObject({
      reason: 'wrong-bytes',
      message: expect.stringContaining('not asked for'),
    });
  });

  it('is refused when it begins with a child: only the root leads to others', async () => {
    const dag = await file();
    await expect(take(dag, inPieces(carOf(dag.root, dag.blocks.slice(1))))).rejects.toMatchObject({
      reason: 'wrong-bytes',
    });
  });

  it('is refused when it is another DAG under the right root in the header', async () => {
    const [dag, other] = [await file(), await file()];
    await expect(take(dag, inPieces(carOf(dag.root, other.blocks)))).rejects.toMatchObject({ reason: 'wrong-bytes' });
  });

  it('is cut off in a block, and says so', async () => {
    const dag = await file();
    const car = carOf(dag.root, dag.blocks);
    await expect(take(dag, inPieces(car.subarray(0, car.length - 10)))).rejects.toMatchObject({ reason: 'truncated' });
  });

  it('is cut off between two blocks, and is not complete', async () => {
    const dag = await file();
    const progress = await take(dag, inPieces(carOf(dag.root, dag.blocks.slice(0, -1))));
    expect(progress.complete).toBe(false);
  });

  it('may repeat a block, but not for ever', async () => {
    const dag = await file();
    const [root, ...rest] = dag.blocks;
    expect((await take(dag, inPieces(carOf(dag.root, [root!, root!, ...rest])))).complete).toBe(true);
    const forEver = async function* () {
      yield carHeaderOf([dag.root]);
      for (;;) yield sectionOf(root!);
    };
    await expect(take(dag, forEver())).rejects.toMatchObject({
      reason: 'wrong-bytes',
      message: expect.stringContaining('again and again'),
    });
  });

  it.each([
    ['ten times 0xff', Uint8Array.from(Array<number>(10).fill(0xff))],
    ['4 TiB', varint(4 * 1024 ** 4)],
    ['a length in more bytes than it needs', Uint8Array.from([0x80, 0x80, 0x00])],
  ])('is refused for an absurd length: %s', async (_name, length) => {
    const dag = await file();
    const endless = async function* () {
      yield Buffer.concat([carHeaderOf([dag.root]), length]);
      for (;;) yield randomBytes(65_536);
    };
    await expect(take(dag, endless())).rejects.toMatchObject({ reason: 'wrong-bytes' });
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['HTML', Buffer.from('<!doctype html><h1>502</h1>')],
    ['zeros', new Uint8Array(1000)],
  ])('is refused when it is no CAR: %s', async (_name, bytes) => {
    const dag = await file();
    await expect(take(dag, inPieces(bytes))).rejects.toMatchObject({ code: 'FETCH_FAILED' });
  });

  it('may be CARv2', async () => {
    const dag = await file();
    const inner = carOf(dag.root, dag.blocks);
    const header = Buffer.alloc(40);
    header.writeBigUInt64LE(51n, 16);
    header.writeBigUInt64LE(BigInt(inner.length), 24);
    const pragma = Buffer.from('0aa16776657273696f6e02', 'hex');
    expect((await take(dag, inPieces(Buffer.concat([pragma, header, inner, randomBytes(99)])))).complete).toBe(true);
  });

  it('goes on where the one before broke off', async () => {
    const dag = await file();
    const progress = await take(dag, inPieces(carOf(dag.root, dag.blocks.slice(0, 7))));
    expect(progress.blocks).toBe(7);
    await take(dag, inPieces(carOf(dag.root, dag.blocks)), progress);
    expect([progress.complete, progress.blocks]).toEqual([true, dag.blocks.length]);
  });
});

describe('a stretch of sections in any order', () => {
  it('is whole when everything leads to the root in the end', async () => {
    const dag = await file();
    const progress = new DagProgress(dag.root, hashMatches);
    progress.begin();
    for (const { cid, bytes } of dag.blocks.toReversed()) await progress.acceptUnordered(cid, bytes);
    expect([progress.complete, progress.strays, progress.blocks]).toEqual([true, 0, dag.blocks.length]);
  });

  it('shows the blocks that nothing links to', async () => {
    const dag = await file();
    const progress = new DagProgress(dag.root, hashMatches);
    const stranger = rawBlock(randomBytes(10));
    for (const { cid, bytes } of [stranger, ...dag.blocks]) await progress.acceptUnordered(cid, bytes);
    expect([progress.complete, progress.strays]).toEqual([true, 1]);
  });
});
