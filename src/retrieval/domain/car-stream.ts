import * as dagCbor from '@ipld/dag-cbor';
import { CID } from 'multiformats/cid';
import { ByteStream } from './byte-stream.js';
import { FetchFailed } from './retrieval.errors.js';

/** What bitswap carries is 2 MiB, what chunkers make is 1 MiB; nobody needs a larger block. */
const MAX_BLOCK_BYTES = 4 * 1024 * 1024;
const MAX_CID_BYTES = 256;
const MAX_HEADER_BYTES = 1024 * 1024;
const CAR_V2_PRAGMA_LENGTH = 10;

export interface CarBlock {
  cid: CID;
  bytes: Uint8Array;
}

/**
 * The blocks of a CARv1 or CARv2 (https://ipld.io/specs/transport/car/) in the order of the stream. Nothing is verified but the
 * framing; the header's roots are ignored, as a stranger wrote them.
 * @throws FetchFailed 'truncated' or 'wrong-bytes'.
 */
export async function* readCar(source: AsyncIterable<Uint8Array>): AsyncGenerator<CarBlock> {
  const stream = new ByteStream(source);
  try {
    const end = await readHeader(stream);
    yield* sections(stream, end);
  } finally {
    await stream.close();
  }
}

/** The blocks of a stretch of CAR sections without header. */
export async function* readSections(source: AsyncIterable<Uint8Array>): AsyncGenerator<CarBlock> {
  const stream = new ByteStream(source);
  try {
    yield* sections(stream, Infinity);
  } finally {
    await stream.close();
  }
}

async function* sections(stream: ByteStream, end: number): AsyncGenerator<CarBlock> {
  while (stream.offset < end && !(await stream.atEnd())) {
    const start = stream.offset;
    const length = await stream.varint(MAX_BLOCK_BYTES + MAX_CID_BYTES);
    const section = await stream.take(length);
    const [cid, bytes] = splitSection(section, start);
    yield { cid, bytes };
  }
}

function splitSection(section: Uint8Array, start: number): [CID, Uint8Array] {
  try {
    return CID.decodeFirst(section);
  } catch (error) {
    throw new FetchFailed('wrong-bytes', `the section at byte ${start} does not begin with a CID`, error);
  }
}

/** Where the sections end: a CARv2 may have an index behind them. */
async function readHeader(stream: ByteStream): Promise<number> {
  const version = await readVersion(stream);
  if (version === 1) return Infinity;
  const header = Buffer.from(await stream.take(40));
  const dataOffset = Number(header.readBigUInt64LE(16));
  const dataSize = Number(header.readBigUInt64LE(24));
  if (dataOffset < stream.offset || dataOffset > MAX_HEADER_BYTES)
    throw new FetchFailed('wrong-bytes', 'the CARv2 header names an absurd data offset');
  await stream.skip(dataOffset - stream.offset);
  if ((await readVersion(stream)) !== 1) throw new FetchFailed('wrong-bytes', 'the inner CAR is not version 1');
  return dataOffset + dataSize;
}

async function readVersion(stream: ByteStream): Promise<1 | 2> {
  const length = await stream.varint(MAX_HEADER_BYTES);
  const body = await stream.take(length);
  let header: unknown;
  try {
    header = dagCbor.decode(body);
  } catch (error) {
    throw new FetchFailed('wrong-bytes', 'the CAR header is not dag-cbor', error);
  }
  const version = typeof header === 'object' && header !== null && 'version' in header ? header.version : undefined;
  if (version === 1) return 1;
  if (version === 2 && length === CAR_V2_PRAGMA_LENGTH) return 2;
  throw new FetchFailed('wrong-bytes', 'the CAR header has no known version');
}
