import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import {
  BlockUndecodable,
  carHeader,
  CodecUnknown,
  DAG_CBOR,
  DAG_PB,
  HEADER_BYTES,
  hashMatches,
  linksOf,
  MAX_BLOCK_BYTES,
  RAW,
  readSectionPrefix,
  varint,
} from '../../ipld/index.js';
import { coverage, type Stretch } from '../domain/run-coverage.js';

/** A section as the block index knows it: where its block begins, and the multihash that stands before it. */
export interface KnownSection {
  /** First byte of the section. */
  start: number;
  offset: number;
  length: number;
  cidLength: number;
  multihash: Uint8Array;
}

/** What an inspection may ask. */
export interface InspectionTools {
  /** Sections that begin in this part of the file, by the block index. Dear: asked only where something is wrong. */
  known(from: number, to: number): Promise<KnownSection[]>;
  /** The block from anywhere else on this node, verified; null when there is none. */
  elsewhere(cid: CID): Promise<Uint8Array | null>;
  /** Called before so many bytes are read: holds a reader back that is too fast. */
  throttle(bytes: number): Promise<void>;
}

export interface Inspection {
  /** Places that were wrong and are right again. */
  mended: number;
  /** What could not be mended, in order. */
  lost: Stretch[];
}

/** Varint and CID of a section fit in this. */
const PEEK_BYTES = 160;
/** Around a fault, the index is asked for so much at once. */
const WINDOW_BYTES = 16 * 1024 ** 2;
const READ_BYTES = 1024 ** 2;
/** Read at least, where small sections follow each other. */
const AHEAD_BYTES = 512 * 1024;

/** SHA-256 of the first `bytes` of a file. */
export async function checksumOf(
  handle: FileHandle,
  bytes: number,
  throttle: InspectionTools['throttle'],
): Promise<Buffer> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, Math.max(bytes, 1)));
  for (let at = 0; at < bytes;) {
    const wanted = Math.min(buffer.length, bytes - at);
    await throttle(wanted);
    const { bytesRead } = await handle.read(buffer, 0, wanted, at);
    if (bytesRead === 0) throw new Error(`the file ends after ${at} of ${bytes} bytes`);
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  return hash.digest();
}

/**
 * Reads a part of a CAR file section by section, hashes each block, and mends in place what can be mended: a section's
 * head out of the block index, a block from another place on this node. Nothing is synced. Sections whose head is
 * unreadable are stepped over with the help of the index.
 */
export class CarInspector {
  private result: Inspection = { mended: 0, lost: [] };
  /** Read at once, so that small sections do not cost a call each. */
  private ahead: { offset: number; bytes: Buffer } | null = null;
  private window: { from: number; to: number; sections: Map<number, KnownSection> } | null = null;

  constructor(
    private readonly handle: FileHandle,
    private readonly tools: InspectionTools,
  ) {}

  /** The 59 bytes at the start; `root` is what they have to name. True when they were wrong and are right again. */
  async header(root: CID): Promise<boolean> {
    const right = carHeader(root);
    const found = await this.read(0, HEADER_BYTES);
    if (found && Buffer.compare(found, right) === 0) return false;
    await this.write(right, 0);
    return true;
  }

  /** Every section between two offsets. @param from the first byte of a section */
  async sections(from: number, to: number): Promise<Inspection> {
    this.result = { mended: 0, lost: [] };
    for (let at = from; at < to;) at = await this.section(at, to);
    return { mended: this.result.mended, lost: coverage(this.result.lost) };
  }

  /**
   * Codecs are in no hash, so a flipped one shows in the checksum of the file alone. Of sections that their codec does
   * not read, it becomes the codec one bit away that does. Answers how many; whether that was it, the checksum says.
   */
  async codecs(from: number, to: number): Promise<number> {
    let changed = 0;
    for (let at = from; at < to;) {
      const head = await this.read(at, Math.min(PEEK_BYTES, to - at));
      const parsed = head && prefixOf(head);
      if (!parsed) return changed;
      const { cid, prefixLength, blockLength } = parsed;
      await this.tools.throttle(prefixLength + blockLength);
      const block = await this.read(at + prefixLength, blockLength);
      const right = block && cid.version === 1 && !reads(cid, block) ? likelyCodec(cid, block) : null;
      if (right !== null) {
        await this.write(Buffer.from([right]), at + prefixLength - cid.bytes.length + 1);
        changed += 1;
      }
      at += prefixLength + blockLength;
    }
    return changed;
  }

  /** Answers where the next one begins. */
  private async section(at: number, to: number): Promise<number> {
    const head = await this.read(at, Math.min(PEEK_BYTES, to - at));
    const parsed = head && prefixOf(head);
    const end = parsed ? at + parsed.prefixLength + parsed.blockLength : at;
    if (parsed && end <= to) {
      await this.tools.throttle(end - at);
      const block = await this.read(at + parsed.prefixLength, parsed.blockLength);
      if (block && hashMatches(parsed.cid, block)) return end;
    }
    const known = await this.knownAt(at, to);
    if (known) return this.knownSection(known, head);
    if (parsed && end <= to && (await this.followsAt(end, to))) {
      const offset = at + parsed.prefixLength;
      if (!(await this.mendBlock(parsed.cid, offset, parsed.blockLength))) this.lose(at, end);
      return end;
    }
    const next = await this.nextKnown(at, to);
    this.lose(at, next);
    return next;
  }

  /** The index says what should be here: first the block, then what stands before it. */
  private async knownSection(known: KnownSection, head: Uint8Array | null): Promise<number> {
    const { start, offset, length, cidLength, multihash } = known;
    const cid = CID.createV1(RAW, Digest.decode(multihash));
    const end = offset + length;
    const block = await this.read(offset, length);
    if (!(block && hashMatches(cid, block)) && !(await this.mendBlock(cid, offset, length))) this.lose(start, end);
    const right = headOf(known, head);
    const found = await this.read(start, offset - start);
    if (cidLength > 0 && !(found && Buffer.compare(found, right) === 0)) {
      await this.write(right, start);
      this.result.mended += 1;
    }
    return end;
  }

  private async mendBlock(cid: CID, offset: number, length: number): Promise<boolean> {
    const bytes = await this.tools.elsewhere(cid);
    if (bytes?.length !== length) return false;
    await this.write(bytes, offset);
    this.result.mended += 1;
    return true;
  }

  private lose(from: number, to: number): void {
    this.result.lost.push({ offset: from, length: to - from });
  }

  /** Whether a section, or the end, is where a doubtful head says: then its length at least is right. */
  private async followsAt(at: number, to: number): Promise<boolean> {
    if (at === to) return true;
    const head = await this.read(at, Math.min(PEEK_BYTES, to - at));
    const parsed = head && prefixOf(head);
    return (
      (parsed ? at + parsed.prefixLength + parsed.blockLength <= to : false) || (await this.knownAt(at, to)) !== null
    );
  }

  private async knownAt(at: number, to: number): Promise<KnownSection | null> {
    return (await this.windowAt(at, to)).get(at) ?? null;
  }

  /** The next section that the index knows of, or the end. */
  private async nextKnown(at: number, to: number): Promise<number> {
    for (let from = at; from < to; from += WINDOW_BYTES) {
      const starts = [...(await this.windowAt(from, to)).keys()].filter((start) => start > at);
      if (starts.length > 0) return Math.min(...starts);
    }
    return to;
  }

  private async windowAt(at: number, to: number): Promise<Map<number, KnownSection>> {
    if (!this.window || at < this.window.from || at >= this.window.to) {
      const end = Math.min(to, at + WINDOW_BYTES);
      const sections = await this.tools.known(at, end);
      this.window = { from: at, to: end, sections: new Map(sections.map((section) => [section.start, section])) };
    }
    return this.window.sections;
  }

  /** Writes where something was wrong; what was read ahead is not trusted any more. */
  private async write(bytes: Uint8Array, offset: number): Promise<void> {
    this.ahead = null;
    await this.handle.write(bytes, 0, bytes.length, offset);
  }

  /** Null when the file ends before, or the disk does not give it. Valid as long as the caller likes. */
  private async read(offset: number, length: number): Promise<Buffer | null> {
    const { ahead } = this;
    if (ahead && offset >= ahead.offset && offset + length <= ahead.offset + ahead.bytes.length)
      return ahead.bytes.subarray(offset - ahead.offset, offset - ahead.offset + length);
    const bytes =
      (await this.readFully(offset, Math.max(length, AHEAD_BYTES))) ?? (await this.readFully(offset, length));
    this.ahead = bytes && { offset, bytes };
    return bytes && bytes.length >= length ? bytes.subarray(0, length) : null;
  }

  /** So many bytes, or those up to the end of the file; null where the disk does not give them. */
  private async readFully(offset: number, length: number): Promise<Buffer | null> {
    const buffer = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const read = await this.handle.read(buffer, done, length - done, offset + done).catch(unreadable);
      if (read === null) return null;
      if (read.bytesRead === 0) break;
      done += read.bytesRead;
    }
    return buffer.subarray(0, done);
  }
}

function reads(cid: CID, block: Uint8Array): boolean {
  try {
    linksOf(cid, block, 'strict');
    return true;
  } catch (error) {
    if (error instanceof CodecUnknown || error instanceof BlockUndecodable) return false;
    throw error;
  }
}

function likelyCodec({ code, multihash }: CID, block: Uint8Array): number | null {
  const near = [RAW, DAG_PB, DAG_CBOR].filter((codec) => [1, 2, 4, 8, 16, 32, 64, 128].includes(codec ^ code));
  return near.find((codec) => reads(CID.createV1(codec, multihash), block)) ?? null;
}

/** Null also for a length that no block has: it is not believed. */
function prefixOf(head: Uint8Array): ReturnType<typeof readSectionPrefix> {
  const parsed = readSectionPrefix(head);
  return parsed && parsed.blockLength <= MAX_BLOCK_BYTES ? parsed : null;
}

/** Length and CID as they have to stand there. Of the CID, what the index does not know is taken as it is found. */
function headOf({ start, offset, length, cidLength, multihash }: KnownSection, found: Uint8Array | null): Uint8Array {
  const size = varint(cidLength + length);
  const before = cidLength - multihash.length;
  const at = offset - start - cidLength;
  const version = found?.subarray(at, at + before) ?? new Uint8Array(before);
  const prefix = Buffer.from(version);
  if (before > 0) prefix[0] = 1;
  return Buffer.concat([size, prefix, multihash]);
}

function unreadable(error: NodeJS.ErrnoException): null {
  if (error.code === 'EIO') return null;
  throw error;
}
