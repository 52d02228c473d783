import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { hashMatches } from '../../ipld/index.js';
import { readCar } from '../domain/car-stream.js';
import { DagProgress } from '../domain/dag-progress.js';
import { FetchFailed } from '../domain/retrieval.errors.js';
import type { MinerFetcher } from '../ports/miner-fetcher.port.js';
import { buildDag, type BuiltDag, carOf } from './dag-builder.js';

export type MinerManner = 'honest' | 'lying' | 'cutting' | 'empty-handed' | 'sealed' | 'gone';

export interface MinersHarness {
  fetcher: MinerFetcher;
  /** Base URL of a miner that behaves so. All but the empty-handed have the DAG, and its CAR as the piece. */
  urlOf(manner: MinerManner): string;
  close(): Promise<void>;
}

export const PIECE_CID = 'baga6ea4seaqao7s73y24kcutaosvacpdjgfe5pw76ooefnyqw4ynr3d2y6x2mpq';

/** What every way to miners' bytes promises. */
export function describeMinerFetcherContract(
  name: string,
  make: (dag: BuiltDag, car: Uint8Array) => Promise<MinersHarness>,
): void {
  describe(`bytes from miners ${name}`, () => {
    let dag: BuiltDag;
    let car: Uint8Array;
    let harness: MinersHarness;
    beforeAll(async () => {
      dag = await buildDag(randomBytes(300_000), { chunkBytes: 10_000 });
      car = carOf(dag.root, dag.blocks);
      harness = await make(dag, car);
    });
    afterAll(() => harness.close());

    const limits = () => ({ signal: new AbortController().signal, idleMs: 500 });
    const fetchCar = (manner: MinerManner) => harness.fetcher.car(harness.urlOf(manner), dag.root.toString(), limits());
    const fetchPiece = (manner: MinerManner, offset: number, length: number) =>
      harness.fetcher.piece(harness.urlOf(manner), PIECE_CID, { offset, length }, limits());

    async function verify(source: AsyncIterable<Uint8Array>): Promise<DagProgress> {
      const progress = new DagProgress(dag.root, hashMatches);
      for await (const { cid, bytes } of readCar(source)) await progress.accept(cid, bytes);
      return progress;
    }

    async function whole(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
      const parts: Uint8Array[] = [];
      for await (const part of source) parts.push(part);
      return Buffer.concat(parts);
    }

    it('an honest one gives the DAG', async () => {
      expect((await verify(fetchCar('honest'))).complete).toBe(true);
    });

    it.each([
      [0, 1],
      [100, 50_000],
      [0, 300_000],
    ])('an honest one gives %d + %d of a piece, and nothing else', async (offset, length) => {
      expect(
        (await whole(fetchPiece('honest', offset, length))).equals(Buffer.from(car.subarray(offset, offset + length))),
      ).toBe(true);
    });

    it('a lying one is found out', async () => {
      await expect(verify(fetchCar('lying'))).rejects.toMatchObject({ reason: 'wrong-bytes' });
    });

    it.each([
      ['cutting', 'truncated'],
      ['empty-handed', 'not-held'],
      ['sealed', 'sealed-only'],
      ['gone', 'unreachable'],
    ] as const)('a %s one fails as %s', async (manner, reason) => {
      const failure = await verify(fetchCar(manner)).then(
        () => null,
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(FetchFailed);
      expect(failure).toMatchObject({ reason });
    });

    it('a piece that nobody has is not held', async () => {
      await expect(whole(fetchPiece('empty-handed', 0, 100))).rejects.toMatchObject({ reason: 'not-held' });
    });

    it('stops when its reader has enough', async () => {
      for await (const part of fetchCar('honest')) {
        expect(part.length).toBeGreaterThan(0);
        break;
      }
    });
  });
}
