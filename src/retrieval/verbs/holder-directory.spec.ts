import { describe, expect, it } from '@jest/globals';
import type { FindHolders, HeldRun } from '../../deals/index.js';
import type { MinerRegistry } from '../../miners/index.js';
import { minerId, type MinerId } from '../../shared/index.js';
import { HolderDirectory } from './holder-directory.js';

const asked: string[] = [];
const minerRegistry: Pick<MinerRegistry, 'httpUrlOf'> = {
  httpUrlOf: (miner: MinerId) => {
    asked.push(miner);
    return Promise.resolve(miner === 't01' ? 'http://t01' : null);
  },
};
const held = (miner: string, state: 'active' | 'published') => ({
  miner: minerId(miner),
  proposalCid: 'bafy',
  chainDealId: 1n,
  state,
});
const run = (seq: number, holders: HeldRun['holders']) =>
  ({ seq, pieceCid: `piece${seq}`, offset: 10, length: 20, holders }) as HeldRun;
const directoryOf = (runs: HeldRun[] | null) =>
  new HolderDirectory(
    { run: () => Promise.resolve(runs && { runs }) } as unknown as FindHolders,
    minerRegistry as unknown as MinerRegistry,
  );

describe('who holds a DAG', () => {
  it('is what its deals say, with where each miner answers', async () => {
    const parts = await directoryOf([run(0, [held('t01', 'active'), held('t02', 'published')])]).find('bafyroot');
    expect(parts).toEqual([
      {
        seq: 0,
        pieceCid: 'piece0',
        offset: 10,
        length: 20,
        holders: [
          { miner: 't01', httpUrl: 'http://t01', sealed: true },
          { miner: 't02', httpUrl: null, sealed: false },
        ],
      },
    ]);
  });

  it('asks for each miner once, however many parts it holds', async () => {
    asked.length = 0;
    await directoryOf([0, 1, 2].map((seq) => run(seq, [held('t01', 'active')]))).find('bafyroot');
    expect(asked).toEqual(['t01']);
  });

  it('is nobody where no piece contains it', async () => {
    expect(await directoryOf([]).find('bafyroot')).toEqual([]);
    expect(await directoryOf(null).find('bafyroot')).toEqual([]);
  });
});
