import * as dagCbor from '@ipld/dag-cbor';
import { CID } from 'multiformats/cid';
import { MAX_CID_TEXT } from '../../shared/index.js';
import { canVerify, hashMatches, MAX_BLOCK_BYTES } from '../../storage/index.js';
import { ByteReader } from './byte-reader.js';
import { BlockHashMismatch, CarInvalid, HashNotSupported } from './content.errors.js';

const MAX_HEADER_BYTES = 1024 * 1024;
const MAX_CID_BYTES = 512;
/** The CARv2 pragma: a CARv1 header `{ version: 2 }` (https://ipld.io/specs/transport/car/carv2/). */
const V2_HEADER_BYTES = 40;

export interface CarBlock {
  cid: CID;
  bytes: Uint8Array;
}

/**
 * Reads a CAR, version 1 or 2, from a stranger, as it comes in. Every block is verified before it is handed on; whatever is
 * wrong ends it with an error that names the byte.
 */
export class CarReader {
  private constructor(
    readonly roots: readonly CID[],
    private readonly reader: ByteReader,
    private readonly end: number,
  ) {}

  /** Reads up to the first block. @throws CarInvalid */
  static async open(source: AsyncIterable<Uint8Array>, maxRoots = 1000): Promise<CarReader> {
    const reader = new ByteReader(source);
    const first = await readHeader(reader);
    if (first.version === 1) return new CarReader(rootsOf(first, 0, maxRoots), reader, Infinity);
    if (first.version !== 2) throw invalid('it is neither CAR version 1 nor 2', 0);
    const start = reader.offset;
    const header = Buffer.from(await take(reader, V2_HEADER_BYTES, 'the CARv2 header'));
    const dataOffset = Number(header.readBigUInt64LE(16));
    const dataSize = Number(header.readBigUInt64LE(24));
    if (!Number.isSafeInteger(dataOffset + dataSize) || dataOffset < reader.offset || dataSize === 0)
      throw invalid('the CARv2 header points nowhere', start);
    if (!(await reader.skip(dataOffset - reader.offset))) throw invalid('it ends before its data', reader.offset);
    const inner = await readHeader(reader);
    if (inner.version !== 1) throw invalid('the data of a CARv2 is not a CARv1', dataOffset);
    return new CarReader(rootsOf(inner, dataOffset, maxRoots), reader, dataOffset + dataSize);
  }

  /** @throws CarInvalid, BlockHashMismatch, HashNotSupported */
  async *blocks(): AsyncGenerator<CarBlock> {
    while (this.reader.offset < this.end && !(await this.reader.isAtEnd())) {
      const start = this.reader.offset;
      const size = await readLength(this.reader, 'section');
      if (size === 0) throw invalid('a section is empty', start);
      if (size > MAX_BLOCK_BYTES + MAX_CID_BYTES)
        throw invalid(`a section has ${size} bytes, more than blocks may have`, start);
      if (this.reader.offset + size > this.end) throw invalid('a section passes the end of the CARv2 data', start);
      yield verified(await take(this.reader, size, 'a section'), start);
    }
    if (this.end !== Infinity) {
      if (this.reader.offset < this.end) throw invalid('it ends inside its data', this.reader.offset);
      // The index of a CARv2 is the sender's business: ours is made from the blocks.
      await this.reader.skip(Infinity);
    }
  }
}

function verified(section: Uint8Array, start: number): CarBlock {
  let cid: CID;
  let bytes: Uint8Array;
  try {
    [cid, bytes] = CID.decodeFirst(section);
  } catch (error) {
    throw new CarInvalid('a section does not begin with a CID', { details: { offset: start }, cause: error });
  }
  if (bytes.length > MAX_BLOCK_BYTES)
    throw invalid(`a block has ${bytes.length} bytes, more than ${MAX_BLOCK_BYTES}`, start);
  const details = { offset: start, cid: cid.toString() };
  if (!canVerify(cid))
    throw new HashNotSupported(`the hash of ${details.cid} is of a kind that is not checked here`, { details });
  if (!hashMatches(cid, bytes))
    throw new BlockHashMismatch(`the bytes at offset ${start} are not the block ${details.cid}`, { details });
  return { cid, bytes };
}

async function readHeader(reader: ByteReader): Promise<{ version: unknown; roots: unknown }> {
  const start = reader.offset;
  const size = await readLength(reader, 'header');
  if (size === 0 || size > MAX_HEADER_BYTES) throw invalid(`a header of ${size} bytes`, start);
  const bytes = await take(reader, size, 'the header');
  try {
    const header = dagCbor.decode<{ version?: unknown; roots?: unknown }>(bytes);
    return { version: header.version, roots: header.roots };
  } catch (error) {
    throw new CarInvalid('the header is not dag-cbor', { details: { offset: start }, cause: error });
  }
}

function rootsOf({ roots }: { roots: unknown }, offset: number, most: number): CID[] {
  if (!Array.isArray(roots)) throw invalid('the header has no roots', offset);
  if (roots.length > most) throw invalid(`the header names ${roots.length} roots, more than ${most}`, offset);
  const cids = roots.map((root) => CID.asCID(root));
  if (cids.length === 0) throw invalid('the header names no root', offset);
  if (cids.some((cid) => cid === null)) throw invalid('a root of the header is not a CID', offset);
  // Nobody could ask for it by its name.
  if (cids.some((cid) => cid !== null && cid.toString().length > MAX_CID_TEXT))
    throw invalid(`the CID of a root has more than ${MAX_CID_TEXT} characters`, offset);
  return [...new Map(cids.filter((cid) => cid !== null).map((cid) => [cid.toString(), cid])).values()];
}

async function readLength(reader: ByteReader, of: string): Promise<number> {
  const start = reader.offset;
  try {
    const value = await reader.varint();
    if (value === null) throw invalid(`it ends inside the length of a ${of}`, start);
    return value;
  } catch (error) {
    if (error instanceof RangeError)
      throw new CarInvalid(`the length of a ${of}: ${error.message}`, { details: { offset: start }, cause: error });
    throw error;
  }
}

async function take(reader: ByteReader, length: number, what: string): Promise<Uint8Array> {
  const start = reader.offset;
  const bytes = await reader.take(length);
  if (!bytes) throw invalid(`it ends inside ${what}`, start);
  return bytes;
}

function invalid(what: string, offset: number): CarInvalid {
  return new CarInvalid(`not a valid CAR: ${what} (offset ${offset})`, { details: { offset } });
}
