import { decodeOptions } from '@ipld/dag-cbor';
import { decode as decodeDagPb } from '@ipld/dag-pb';
import { CID } from 'multiformats/cid';
import { messageOf } from '../shared/index.js';
import { assertIdentityLength, isIdentity } from './block-hash.js';
import { dagCborLinks } from './dag-cbor-links.js';
import { CBOR, DAG_CBOR, DAG_JSON, DAG_PB, JSON_CODEC, RAW } from './codecs.js';
import { BlockUndecodable, CodecUnknown } from './ipld.errors.js';

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

/** What each codec says a block links to. Raw bytes, plain JSON and plain CBOR have no links by definition. */
const READERS: ReadonlyMap<number, (bytes: Uint8Array) => BlockLink[]> = new Map([
  [RAW, () => []],
  [JSON_CODEC, () => []],
  [CBOR, () => []],
  [DAG_PB, dagPbLinks],
  [DAG_CBOR, (bytes) => dagCborLinks(bytes, decodeOptions).map(unweighed)],
  [DAG_JSON, (bytes) => dagJsonLinks(bytes).map(unweighed)],
]);

/**
 * The links of a block in the order of its bytes, each as often as it is there, identity CIDs included. Never
 * recursive, however deep the values of a block lie in each other.
 * @throws IdentityTooLong, whatever the strictness: when the block's own CID or one of its links carries over 128
 * bytes.
 * @throws CodecUnknown, BlockUndecodable when strict.
 */
export function blockLinks(cid: CID, bytes: Uint8Array, strictness: Strictness = 'strict'): BlockLink[] {
  assertIdentityLength(cid);
  const links = decoded(cid, bytes, strictness);
  for (const link of links) assertIdentityLength(link.cid);
  return links;
}

/**
 * The CIDs of the blocks that a block links to, in order. Identity CIDs are never stored or sent; what they link to in
 * turn is listed in their place.
 * @throws as `blockLinks` does.
 */
export function linksOf(cid: CID, bytes: Uint8Array, strictness: Strictness = 'strict'): CID[] {
  const found: CID[] = [];
  const pending = blockLinks(cid, bytes, strictness).reverse();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (!isIdentity(next.cid)) found.push(next.cid);
    // Not push(...): a block may hold more links than a call takes arguments.
    else for (const link of blockLinks(next.cid, next.cid.multihash.digest, strictness).reverse()) pending.push(link);
  }
  return found;
}

function decoded(cid: CID, bytes: Uint8Array, strictness: Strictness): BlockLink[] {
  const read = READERS.get(cid.code);
  if (read === undefined) {
    if (strictness === 'lenient') return [];
    throw new CodecUnknown(`${cid.toString()} has codec 0x${cid.code.toString(16)}, which cannot be followed`);
  }
  try {
    return read(bytes);
  } catch (error) {
    if (strictness === 'lenient') return [];
    throw new BlockUndecodable(`${cid.toString()} cannot be decoded: ${messageOf(error)}`, { cause: error });
  }
}

function dagPbLinks(bytes: Uint8Array): BlockLink[] {
  return decodeDagPb(bytes).Links.map(({ Hash, Tsize }) => ({
    cid: Hash,
    bytes: Hash.code === RAW ? (Tsize ?? null) : null,
  }));
}

/**
 * dag-json writes a link as `{"/": "<cid>"}` (https://ipld.io/specs/codecs/dag-json/spec/). JSON.parse keeps a stack of
 * its own; a reviver would be called from within itself, so the values are walked afterwards.
 */
function dagJsonLinks(bytes: Uint8Array): CID[] {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const found: CID[] = [];
  const pending: unknown[] = [JSON.parse(text)];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null) continue;
    const members = Object.entries(value).reverse();
    const [[name, link] = []] = members;
    if (members.length === 1 && name === '/' && !Array.isArray(value) && typeof link === 'string')
      found.push(CID.parse(link));
    else for (const [, member] of members) pending.push(member);
  }
  return found;
}

function unweighed(cid: CID): BlockLink {
  return { cid, bytes: null };
}
