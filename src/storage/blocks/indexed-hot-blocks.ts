import { Injectable } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { blockKey, isIdentity } from '../../ipld/index.js';
import type { Block } from '../cars/car-writer.js';
import { HotBlocks } from '../ports/hot-blocks.port.js';
import { BlockIndex, type BlockPlace } from './block-index.js';
import { LocalCarFolder } from '../places/local-car-folder.js';

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

/** Blocks out of the CARs of this node, found by the index; those of DAGs that are still coming in out of memory. */
@Injectable()
export class IndexedHotBlocks extends HotBlocks {
  constructor(
    private readonly index: BlockIndex,
    private readonly cars: LocalCarFolder,
    private readonly buffered: BufferedBlocks,
  ) {
    super();
  }

  async get(cid: CID): Promise<Uint8Array | null> {
    if (isIdentity(cid)) return cid.multihash.digest;
    const place = this.index.find(cid);
    const bytes = place && (await this.read(cid, place));
    return bytes ?? (await this.getElsewhere(cid));
  }

  async has(cid: CID): Promise<boolean> {
    return isIdentity(cid) || this.index.find(cid) !== null || this.buffered.find(cid) !== null;
  }

  async size(cid: CID): Promise<number | null> {
    if (isIdentity(cid)) return cid.multihash.digest.length;
    return this.index.find(cid)?.length ?? this.buffered.find(cid)?.length ?? null;
  }

  /** The first place did not have it: another CAR may, or memory, or the index has just changed under us. */
  private async getElsewhere(cid: CID): Promise<Uint8Array | null> {
    for (const place of this.index.findAll(cid)) {
      const bytes = await this.read(cid, place);
      if (bytes) return bytes;
    }
    return this.buffered.find(cid);
  }

  /** Reads the section's CID along with the block: a place that points at something else is no place. */
  private async read(cid: CID, { carId, offset, length, cidLength }: BlockPlace): Promise<Uint8Array | null> {
    const bytes = await this.cars.read(carId, offset - cidLength, cidLength + length);
    if (!bytes) return null;
    const { bytes: multihash } = cid.multihash;
    return multihash.length <= cidLength && bytes.subarray(cidLength - multihash.length, cidLength).equals(multihash)
      ? bytes.subarray(cidLength)
      : null;
  }
}
