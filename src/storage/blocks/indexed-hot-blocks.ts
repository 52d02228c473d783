import { Injectable } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { isIdentity } from '../../ipld/index.js';
import { HotBlocks } from '../ports/hot-blocks.port.js';
import { BlockIndex, type BlockPlace } from './block-index.js';
import { LocalCarFolder } from '../places/local-car-folder.js';
import { BufferedBlocks } from './buffered-blocks.js';

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
