import { Injectable } from '@nestjs/common';
import type { CID } from 'multiformats/cid';
import { blockKey } from '../../ipld/index.js';
import type { Block } from '../cars/car-writer.js';

/** Blocks of small DAGs that are still coming in and wait in this process's memory to join the segment. */
@Injectable()
export class BufferedBlocks {
  private readonly dags = new Set<ReadonlyMap<string, Block>>();

  add(blocks: ReadonlyMap<string, Block>): void {
    this.dags.add(blocks);
  }

  remove(blocks: ReadonlyMap<string, Block>): void {
    this.dags.delete(blocks);
  }

  find(cid: CID): Uint8Array | null {
    const key = blockKey(cid);
    for (const blocks of this.dags) {
      const block = blocks.get(key);
      if (block) return Buffer.concat(block.parts, block.length);
    }
    return null;
  }
}
