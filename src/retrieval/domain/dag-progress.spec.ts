import { describe, expect, it } from '@jest/globals';
import { cidOf, DAG_PB, hashMatches } from '../../ipld/index.js';
import * as hostile from '../../../test/support/hostile-dags.js';
import { DagProgress } from './dag-progress.js';

/** How often the event loop comes round while something runs. */
async function turnsDuring(run: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let over = false;
  const count = (): void => {
    turns += 1;
    if (!over) setImmediate(count);
  };
  setImmediate(count);
  await run();
  over = true;
  return turns;
}

/** Blocks of the codec dag-pb that link to what nobody has. */
function nodesToNothing(count: number, links: number): hostile.Block[] {
  return Array.from({ length: count }, (_node, node) =>
    hostile.unixfs(
      'directory',
      Array.from({ length: links }, (_, link) => ({ cid: cidOf(DAG_PB, Buffer.from(`${node}/${link}`)) })),
    ),
  );
}

describe('a DAG of a stranger on its way back', () => {
  it.each([
    ['half a million links', () => hostile.manyLinks(2 * 1024 ** 2, 'dag-pb')],
    ['half a million links in dag-cbor', () => hostile.manyLinks(2 * 1024 ** 2, 'dag-cbor')],
    ['lists in lists', () => hostile.cborTokens(2 * 1024 ** 2, 'nested')],
  ])('lets others have their turns while a block of %s is read', async (_name, make) => {
    const { root, blocks } = make();
    const progress = new DagProgress(root, hashMatches);
    expect(await turnsDuring(() => progress.accept(root, blocks[0]!.bytes))).toBeGreaterThan(3);
    expect([progress.complete, progress.blocks]).toEqual([true, 1]);
  });

  it('is followed however deep it is, in any order', async () => {
    const { root, blocks } = hostile.deepChain(20_000);
    const progress = new DagProgress(root, hashMatches);
    for (const { cid, bytes } of blocks.toReversed()) await progress.acceptUnordered(cid, bytes);
    expect([progress.complete, progress.strays, progress.blocks]).toEqual([true, 0, 20_001]);
  });

  it('is refused where it links to more than is kept track of', async () => {
    const [node] = nodesToNothing(1, 1_000) as [hostile.Block];
    const progress = new DagProgress(node.cid, hashMatches, 900);
    await expect(progress.accept(node.cid, node.bytes)).rejects.toMatchObject({ reason: 'unsupported' });
    expect(progress.isFull).toBe(true);
    const enough = new DagProgress(node.cid, hashMatches, 1_001);
    expect(await enough.accept(node.cid, node.bytes)).toBe(true);
  });

  it('takes no number of blocks, or of their links, that nothing links to', async () => {
    const { root } = hostile.deepChain(1);
    const progress = new DagProgress(root, hashMatches, 1_000);
    const taken: hostile.Block[] = [];
    const takeAll = async (): Promise<void> => {
      for (const block of nodesToNothing(100, 100)) {
        await progress.acceptUnordered(block.cid, block.bytes);
        taken.push(block);
      }
    };
    await expect(takeAll()).rejects.toMatchObject({ reason: 'wrong-bytes' });
    expect([taken.length, progress.isFull]).toEqual([9, true]);
  });

  it('has its blocks known by codec: the same bytes as something else link to other things', async () => {
    const { root, blocks } = hostile.wideRoot(10);
    const progress = new DagProgress(root, hashMatches);
    await progress.accept(root, blocks[0]!.bytes);
    const otherwise = cidOf(DAG_PB, blocks[1]!.bytes);
    await expect(progress.accept(otherwise, blocks[1]!.bytes)).rejects.toMatchObject({ reason: 'wrong-bytes' });
  });
});
