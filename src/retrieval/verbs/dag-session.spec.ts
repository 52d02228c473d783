import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { TestClock } from '../../../test/support/test-clock.js';
import { userId } from '../../shared/index.js';
import { InMemoryDagStore } from '../../storage/testing/in-memory-dag-store.js';
import { buildDag, type BuiltDag, carOf, inPieces, rawBlock, sectionOf } from '../testing/dag-builder.js';
import { DagSession } from './dag-session.js';

describe('a DAG on its way back', () => {
  let dags: InMemoryDagStore;
  let dag: BuiltDag;
  let session: DagSession;
  let clock: TestClock;

  beforeEach(async () => {
    dags = new InMemoryDagStore();
    clock = new TestClock();
    dag = await buildDag(randomBytes(20_000));
    const intake = await dags.begin('pin');
    for (const { cid, bytes } of dag.blocks) await intake.put(cid, bytes);
    const owner = userId('00000000-0000-7000-8000-000000000001');
    await intake.commit(dag.root, { userId: owner, cid: dag.root.toString(), name: 'a', type: 'file', profile: 'car' });
    dags.offload(dag.root);
    session = new DagSession(dags, dag.root, (await dags.find(dag.root))!, clock);
  });

  const sections = (blocks: readonly BuiltDag['blocks'][number][]) => inPieces(Buffer.concat(blocks.map(sectionOf)));
  const isHot = async () => (await dags.find(dag.root))?.hot;

  it('is hot again after a CAR from the root down', async () => {
    await session.receiveCar(inPieces(carOf(dag.root, dag.blocks)));
    expect([session.complete, session.blocks]).toEqual([true, dag.blocks.length]);
    expect(await isHot()).toBe(false);
    await session.restore();
    expect(await isHot()).toBe(true);
  });

  it('reads no further than the last block that it needs', async () => {
    const more = async function* () {
      yield carOf(dag.root, dag.blocks);
      throw new Error('nobody needs more');
    };
    await session.receiveCar(more());
    expect(session.complete).toBe(true);
  });

  it('shows verified blocks before the rest has come', async () => {
    await expect(session.receiveCar(inPieces(carOf(dag.root, dag.blocks.slice(0, 5))))).rejects.toMatchObject({
      reason: 'truncated',
      message: `the stream ended after 5 of ${dag.blocks.length} blocks`,
    });
    expect(await dags.hotBlocks.has(dag.blocks[4]!.cid)).toBe(true);
    expect(await dags.hotBlocks.has(dag.blocks[5]!.cid)).toBe(false);
  });

  it('keeps what one source gave for the next', async () => {
    await session.receiveCar(inPieces(carOf(dag.root, dag.blocks.slice(0, 5)))).catch(() => undefined);
    await session.receiveCar(inPieces(carOf(dag.root, dag.blocks)));
    expect(session.complete).toBe(true);
  });

  it('comes in stretches of any order, the last of which has to make it whole', async () => {
    const blocks = dag.blocks.toReversed();
    await session.receiveSections(sections(blocks.slice(0, 10)), false);
    expect(session.complete).toBe(false);
    await session.receiveSections(sections(blocks.slice(10)), true);
    expect(session.complete).toBe(true);
  });

  it('is not whole with a block missing, in whatever order', async () => {
    const blocks = dag.blocks.filter((_, index) => index !== 1);
    await expect(session.receiveSections(sections(blocks), true)).rejects.toMatchObject({ reason: 'wrong-bytes' });
    await expect(session.receiveSections(sections(dag.blocks.slice(0, -1)), true)).rejects.toMatchObject({
      reason: 'truncated',
    });
  });

  it('forgets everything when a stray block came, and can begin anew', async () => {
    const stray = rawBlock(randomBytes(100));
    await expect(session.receiveSections(sections([stray, ...dag.blocks]), true)).rejects.toMatchObject({
      reason: 'wrong-bytes',
      message: '1 blocks came that the DAG does not link to',
    });
    expect([session.blocks, session.bytes]).toEqual([0, 0]);
    expect(await dags.hotBlocks.has(stray.cid)).toBe(false);
    await session.receiveCar(inPieces(carOf(dag.root, dag.blocks)));
    expect(session.complete).toBe(true);
  });

  it('takes no block whose bytes do not match', async () => {
    const lie = { cid: dag.blocks[2]!.cid, bytes: Uint8Array.from(dag.blocks[2]!.bytes, (byte) => byte ^ 1) };
    await expect(session.receiveSections(sections([...dag.blocks.slice(0, 2), lie]), true)).rejects.toMatchObject({
      reason: 'wrong-bytes',
      message: expect.stringContaining(lie.cid.toString()),
    });
    expect(session.blocks).toBe(2);
  });

  describe('what one source has sent', () => {
    it('is counted, with the time to its first byte', async () => {
      const stats = session.newTransfer();
      const slowly = async function* () {
        await clock.sleep(300);
        yield new Uint8Array(10);
        await clock.sleep(700);
        yield new Uint8Array(5);
      };
      let passed = 0;
      for await (const chunk of stats.count(slowly())) passed += chunk.length;
      expect([passed, stats.bytes, stats.firstByteMs, stats.durationMs]).toEqual([15, 15, 300, 1000]);
    });

    it('is refused when it is far more than the DAG has', async () => {
      const stats = session.newTransfer();
      const endless = async function* () {
        for (;;) yield new Uint8Array(65_536);
      };
      const drain = async () => {
        for await (const _ of stats.count(endless())) void _;
      };
      await expect(drain()).rejects.toMatchObject({ reason: 'wrong-bytes' });
      expect(stats.bytes).toBeLessThan(2 * 1024 * 1024);
    });
  });
});
