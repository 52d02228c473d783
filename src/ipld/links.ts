import { decodeOptions } from '@ipld/dag-cbor';
import { CID } from 'multiformats/cid';
import { atOnce, MAX_CID_TEXT, messageOf } from '../shared/index.js';
import { assertIdentityLength, isIdentity, LONGEST_IDENTITY } from './block-hash.js';
import { CBOR, DAG_CBOR, DAG_JSON, DAG_PB, JSON_CODEC, RAW } from './codecs.js';
import { readDagCborLinks } from './dag-cbor-links.js';
import { DagPbNode } from './dag-pb-node.js';
import { BlockUndecodable, CodecUnknown, IdentityTooLong } from './ipld.errors.js';

/**
 * What to do with a block whose links cannot be read:
 * - 'strict': a named error. For DAGs that are to be had in full.
 * - 'lenient': it has no links, it is bytes all the same. For DAGs that others made and that we only keep.
 */
export type Strictness = 'strict' | 'lenient';

export interface BlockLink {
  cid: CID;
  /** What the link claims its block weighs, where it can: a hint, never to be trusted. */
  bytes: number | null;
}

/** The links of one block, in order. Small however many there are: each is made when it is asked for. */
export interface LinkTable {
  readonly length: number;
  /** Bytes that it keeps in memory, those of the block included. */
  readonly weight: number;
  at(index: number): BlockLink;
}

/** A table, and the most bytes that one of its CIDs carries in itself. */
type Read = Generator<void, { table: LinkTable; longestIdentity: number }>;

const NO_LINKS: LinkTable = {
  length: 0,
  weight: 0,
  at: () => {
    throw new RangeError('there are no links');
  },
};

/** What each codec says a block links to. Raw bytes, plain JSON and plain CBOR have no links by definition. */
const READERS: ReadonlyMap<number, (bytes: Uint8Array) => Read> = new Map([
  [RAW, none],
  [JSON_CODEC, none],
  [CBOR, none],
  [DAG_PB, dagPbLinks],
  [DAG_CBOR, dagCborLinks],
  [DAG_JSON, dagJsonLinks],
]);

/**
 * The links of a block in the order of its bytes, each as often as it is there, identity CIDs included. Never
 * recursive, however deep the values of a block lie in each other. Yields now and then, so that whoever reads blocks of
 * strangers can pause (`inSlices`).
 * @throws IdentityTooLong, whatever the strictness: when the block's own CID or one of its links carries over 128
 * bytes.
 * @throws CodecUnknown, BlockUndecodable when strict.
 */
export function* readLinks(cid: CID, bytes: Uint8Array, strictness: Strictness): Generator<void, LinkTable> {
  assertIdentityLength(cid);
  const { table, longestIdentity } = yield* decoded(cid, bytes, strictness);
  if (longestIdentity > LONGEST_IDENTITY)
    throw new IdentityTooLong(`a CID carries ${longestIdentity} bytes; more than ${LONGEST_IDENTITY} must be a block`);
  return table;
}

/** All links at once, as objects: for blocks that are known to be small. @throws as `readLinks` does */
export function blockLinks(cid: CID, bytes: Uint8Array, strictness: Strictness = 'strict'): BlockLink[] {
  return [...linksIn(atOnce(readLinks(cid, bytes, strictness)))];
}

/**
 * The CIDs of the blocks that a block links to, in order. Identity CIDs are never stored or sent; what they link to in
 * turn is listed in their place.
 * @throws as `readLinks` does.
 */
export function linksOf(cid: CID, bytes: Uint8Array, strictness: Strictness = 'strict'): CID[] {
  const found: CID[] = [];
  for (const link of followLinks(atOnce(readLinks(cid, bytes, strictness)), strictness)) if (link) found.push(link);
  return found;
}

/**
 * The same from a table, one by one; null for a CID that carries its block, so that whoever follows half a million of
 * them can pause.
 * @throws as `readLinks` does, of blocks that lie in CIDs
 */
export function* followLinks(table: LinkTable, strictness: Strictness): Generator<CID | null> {
  const open = [{ table, next: 0 }];
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    if (last.next === last.table.length) {
      open.pop();
      continue;
    }
    const { cid } = last.table.at(last.next);
    last.next += 1;
    const isInline = isIdentity(cid);
    yield isInline ? null : cid;
    if (isInline) open.push({ table: atOnce(readLinks(cid, cid.multihash.digest, strictness)), next: 0 });
  }
}

function* linksIn(table: LinkTable): Generator<BlockLink> {
  for (let index = 0; index < table.length; index++) yield table.at(index);
}

function* decoded(cid: CID, bytes: Uint8Array, strictness: Strictness): Read {
  const read = READERS.get(cid.code);
  if (read === undefined) {
    if (strictness === 'lenient') return yield* none();
    throw new CodecUnknown(`${cid.toString()} has codec 0x${cid.code.toString(16)}, which cannot be followed`);
  }
  try {
    return yield* read(bytes);
  } catch (error) {
    if (strictness === 'lenient') return yield* none();
    throw new BlockUndecodable(`${cid.toString()} cannot be decoded: ${messageOf(error)}`, { cause: error });
  }
}

function* none(): Read {
  return { table: NO_LINKS, longestIdentity: 0 };
}

function* dagPbLinks(bytes: Uint8Array): Read {
  const node = yield* DagPbNode.read(bytes);
  const at = (index: number): BlockLink => {
    const cid = node.cidAt(index);
    return { cid, bytes: cid.code === RAW ? node.sizeAt(index) : null };
  };
  return { table: { length: node.length, weight: node.weight, at }, longestIdentity: node.longestIdentity };
}

function* dagCborLinks(bytes: Uint8Array): Read {
  const { positions, longestIdentity } = yield* readDagCborLinks(bytes, decodeOptions);
  const at = (index: number): BlockLink => ({
    cid: CID.decode(bytes.subarray(positions[2 * index], positions[2 * index + 1])),
    bytes: null,
  });
  const length = positions.length / 2;
  return { table: { length, weight: bytes.length + positions.byteLength, at }, longestIdentity };
}

/** Values between two pauses of whoever reads a block. */
const VALUES_PER_STEP = 1_024;

/**
 * dag-json writes a link as `{"/": "<cid>"}` (https://ipld.io/specs/codecs/dag-json/spec/). JSON.parse keeps a stack of
 * its own; a reviver would be called from within itself, so the values are walked afterwards.
 */
function* dagJsonLinks(bytes: Uint8Array): Read {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const found: string[] = [];
  let longestIdentity = 0;
  let steps = 0;
  const pending: unknown[] = [JSON.parse(text)];
  while (pending.length > 0) {
    steps += 1;
    if (steps % VALUES_PER_STEP === 0) yield;
    const value = pending.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (let index = value.length - 1; index >= 0; index--) pending.push(value[index]);
      continue;
    }
    const names = Object.keys(value);
    const members = value as Record<string, unknown>;
    const link = names.length === 1 ? members['/'] : undefined;
    if (typeof link === 'string') {
      // To decode a text in base 36 or 58 takes the square of its length. One this long carries more than any CID may.
      if (link.length > MAX_CID_TEXT) {
        longestIdentity = Math.max(longestIdentity, link.length);
        continue;
      }
      const cid = CID.parse(link);
      if (isIdentity(cid)) longestIdentity = Math.max(longestIdentity, cid.multihash.digest.length);
      found.push(link);
    } else for (let index = names.length - 1; index >= 0; index--) pending.push(members[names[index] as string]);
  }
  const at = (index: number): BlockLink => ({ cid: CID.parse(found[index] as string), bytes: null });
  return { table: { length: found.length, weight: bytes.length, at }, longestIdentity };
}
