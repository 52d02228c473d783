import { Injectable } from '@nestjs/common';
import { FindHolders, type HeldRun } from '../../deals/index.js';
import { MinerRegistry } from '../../miners/index.js';
import type { MinerId } from '../../shared/index.js';
import type { HeldPart, Holder } from '../domain/retrieval.js';

/**
 * Which miners ought to have the bytes of a DAG: the deals say who has a piece, the miners' records where it answers.
 */
@Injectable()
export class HolderDirectory {
  constructor(
    private readonly findHolders: FindHolders,
    private readonly minerRegistry: MinerRegistry,
  ) {}

  /** The parts of the DAG in order, each with its holders, best first. Empty when no piece contains it. */
  async find(root: string): Promise<HeldPart[]> {
    const runs = (await this.findHolders.run(root))?.runs ?? [];
    const miners = new Set(runs.flatMap((run) => run.holders.map(({ miner }) => miner)));
    const urls = new Map(
      await Promise.all([...miners].map(async (miner) => [miner, await this.httpUrlOf(miner)] as const)),
    );
    return runs.map((run) => partOf(run, urls));
  }

  /** Base URL of a miner's HTTP endpoint, or null when it has none. */
  async httpUrlOf(miner: MinerId): Promise<string | null> {
    return this.minerRegistry.httpUrlOf(miner);
  }
}

function partOf(
  { seq, pieceCid, offset, length, holders }: HeldRun,
  urls: ReadonlyMap<MinerId, string | null>,
): HeldPart {
  return {
    seq,
    pieceCid,
    offset,
    length,
    holders: holders.map(({ miner, state }): Holder => ({
      miner,
      httpUrl: urls.get(miner) ?? null,
      sealed: state !== 'published',
    })),
  };
}
