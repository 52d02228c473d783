import { randomBytes } from 'node:crypto';
import * as dagPb from '@ipld/dag-pb';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';
import type { BlockMap } from '../../network/testing/block-map.js';

/** DAGs that somebody may have us pin in order to harm us. */
export class HostileDags {
  constructor(private readonly blocks: BlockMap) {}

  /** Blocks one below the other. */
  async chain(length: number): Promise<CID> {
    let cid = await this.leaf(9);
    for (let n = 1; n < length; n++) cid = await this.node([{ Hash: cid }]);
    return cid;
  }

  /** Few blocks that say "twice what is below me" so often that a walk without memory would never end. */
  async doubling(levels: number): Promise<CID> {
    let cid = await this.leaf(9);
    for (let n = 1; n < levels; n++)
      cid = await this.node([
        { Hash: cid, Name: 'a' },
        { Hash: cid, Name: 'b' },
      ]);
    return cid;
  }

  /** Very many very small blocks. */
  async crumbs(count: number): Promise<CID> {
    return await this.node(
      await Promise.all(Array.from({ length: count }, async () => ({ Hash: await this.leaf(4) }))),
    );
  }

  /** Links that say how little there is below them. */
  async understated(count: number, size: number): Promise<CID> {
    return await this.node(
      await Promise.all(Array.from({ length: count }, async () => ({ Hash: await this.leaf(size), Tsize: 1 }))),
    );
  }

  /** Good blocks, and after them one that is no DAG-PB whatever its CID says. */
  async broken(count: number, size: number): Promise<CID> {
    const bytes = randomBytes(100);
    const broken = this.blocks.put(CID.createV1(dagPb.code, await sha256.digest(bytes)), bytes);
    const good = await Promise.all(Array.from({ length: count }, async () => ({ Hash: await this.leaf(size) })));
    return await this.node([...good, { Hash: broken }]);
  }

  private async leaf(size: number): Promise<CID> {
    const bytes = randomBytes(size);
    return this.blocks.put(CID.createV1(raw.code, await sha256.digest(bytes)), bytes);
  }

  private async node(links: { Hash: CID; Name?: string; Tsize?: number }[]): Promise<CID> {
    const bytes = dagPb.encode(dagPb.prepare({ Links: links }));
    return this.blocks.put(CID.createV1(dagPb.code, await sha256.digest(bytes)), bytes);
  }
}
