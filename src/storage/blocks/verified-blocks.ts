import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { CID } from 'multiformats/cid';
import { hashMatches } from '../../ipld/index.js';
import { pauseIfDue } from '../../shared/index.js';
import { LocalCarFolder } from '../places/local-car-folder.js';
import type { BlockPlace } from './block-index.js';

/**
 * What lies at a place:
 * - whole: bytes that hash to the CID; `prefix` says whether the section's CID stands before them, too
 * - wrong: other bytes, or bytes that the disk does not give back
 * - absent: there is no such file, or it ends before
 */
export type Reading = { state: 'whole'; bytes: Uint8Array; prefix: boolean } | { state: 'wrong' | 'absent' };

/** Hashes that OpenSSL computes, at 1 to 2 GB/s: cheaper to compute again than to remember. */
const FAST = new Set([0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x20, 0x56, 0xb240, 0xb260]);
const MOST_REMEMBERED = 20_000;

/**
 * Blocks at known places in CAR files of this node, hashed each time before anybody gets them (docs/decisions/0022):
 * half a millisecond for a MiB. Hashes that only JavaScript computes take forty times as long; of those it is
 * remembered that a place was whole, for as long as its file is not touched.
 */
@Injectable()
export class VerifiedBlocks {
  /** Place -> the version of the file in which it was whole. */
  private readonly seenWhole = new LRUCache<string, string>({ max: MOST_REMEMBERED });

  constructor(private readonly folder: LocalCarFolder) {}

  /** The bytes are the caller's own. @throws what the file system throws, but for what is gone or unreadable */
  async read(cid: CID, place: BlockPlace): Promise<Reading> {
    const first = await this.once(cid, place);
    if (first.state === 'whole') return first;
    // The file may have been replaced under a descriptor that was kept open.
    this.folder.forget(place.carId);
    return this.once(cid, place);
  }

  private async once(cid: CID, { carId, offset, length, cidLength }: BlockPlace): Promise<Reading> {
    const section = await this.folder.read(carId, offset - cidLength, cidLength + length).catch(unreadable);
    if (section === null) return { state: 'absent' };
    if (section === 'unreadable') return { state: 'wrong' };
    const bytes = section.subarray(cidLength);
    if (!(await this.isWhole(cid, bytes, `${carId}:${offset}`, carId))) return { state: 'wrong' };
    const { bytes: multihash } = cid.multihash;
    const prefix = section.subarray(Math.max(0, cidLength - multihash.length), cidLength).equals(multihash);
    return { state: 'whole', bytes, prefix };
  }

  private async isWhole(cid: CID, bytes: Uint8Array, key: string, carId: BlockPlace['carId']): Promise<boolean> {
    // Hundreds may have been read in the same turn, for as many readers: what comes of each waits for its slice.
    const pause = pauseIfDue();
    if (pause) await pause;
    if (FAST.has(cid.multihash.code)) return hashMatches(cid, bytes);
    const version = await this.folder.versionOf(carId);
    const known = `${version}/${Buffer.from(cid.multihash.bytes).toString('latin1')}`;
    if (this.seenWhole.get(key) === known) return true;
    const matches = hashMatches(cid, bytes);
    if (matches) this.seenWhole.set(key, known);
    return matches;
  }
}

/** A sector that the disk cannot read is damage like any other. */
function unreadable(error: NodeJS.ErrnoException): 'unreadable' {
  if (error.code === 'EIO') return 'unreadable';
  throw error;
}
