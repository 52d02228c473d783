import { Injectable } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { blockKey, isIdentity } from '../../ipld/index.js';
import type { Block } from '../cars/car-writer.js';
import { HotBlocks } from '../ports/hot-blocks.port.js';
import { CarDamage } from '../scrub/car-damage.js';
import { BlockIndex, type BlockPlace } from './block-index.js';
import { VerifiedBlocks } from './verified-blocks.js';

/** Blocks of small DAGs that are still coming in and wait in this process's memory to join the segment. */
@Injectable()
export class BufferedBlocks {
  private readonly dags = new Set<ReadonlyMap<string, Block>>();

  /** Kept by reference: blocks that join the map later are found, too. */
  add(blocks: ReadonlyMap<string, Block>): void {
    this.dags.add(blocks);
  }

  /** Idempotent. */
  remove(blocks: ReadonlyMap<string, Block>): void {
    this.dags.delete(blocks);
  }

  /** A copy of the block's bytes. Looks through every DAG that is coming in. */
  find(cid: CID): Uint8Array | null {
    const key = blockKey(cid);
    for (const blocks of this.dags) {
      const block = blocks.get(key);
      if (block) return Buffer.concat(block.parts, block.length);
    }
    return null;
  }
}

/**
 * Blocks out of the CARs of this node, found by the index; those of DAGs that are still coming in out of memory. What is
 * given is hashed first: a damaged block is never given, but mended from another place where there is one, and else its
 * DAG is cold when `get` answers null.
 */
@Injectable()
export class IndexedHotBlocks extends HotBlocks {
  constructor(
    private readonly index: BlockIndex,
    private readonly blocks: VerifiedBlocks,
    private readonly buffered: BufferedBlocks,
    private readonly damage: CarDamage,
  ) {
    super();
  }

  /** What is damaged is reported, and read from another place where there is one. */
  async get(cid: CID): Promise<Uint8Array | null> {
    if (isIdentity(cid)) return cid.multihash.digest;
    const place = this.index.find(cid);
    if (place) {
      const reading = await this.blocks.read(cid, place);
      if (reading.state === 'whole' && !reading.prefix) this.damage.report(place);
      if (reading.state === 'whole') return reading.bytes;
    }
    return this.getElsewhere(cid);
  }

  /** By index and memory, without reading: the block may turn out to be damaged. */
  async has(cid: CID): Promise<boolean> {
    return isIdentity(cid) || this.index.find(cid) !== null || this.buffered.find(cid) !== null;
  }

  /** By index and memory, without reading. */
  async size(cid: CID): Promise<number | null> {
    if (isIdentity(cid)) return cid.multihash.digest.length;
    return this.index.find(cid)?.length ?? this.buffered.find(cid)?.length ?? null;
  }

  /** The first place did not have it: another CAR may, or memory, or the index has just changed under us. */
  private async getElsewhere(cid: CID): Promise<Uint8Array | null> {
    const unreadable: BlockPlace[] = [];
    let found: Uint8Array | null = null;
    for (const place of this.index.findAll(cid)) {
      const reading = await this.blocks.read(cid, place);
      if (reading.state !== 'whole') unreadable.push(place);
      else found ??= reading.bytes;
    }
    const bytes = found ?? this.buffered.find(cid);
    if (unreadable.length === 0) return bytes;
    if (bytes) for (const place of unreadable) this.damage.report(place);
    else await this.damage.examine(cid, unreadable);
    return bytes;
  }
}
