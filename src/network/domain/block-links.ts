import * as dagCbor from '@ipld/dag-cbor';
import * as dagPb from '@ipld/dag-pb';
import { CID } from 'multiformats/cid';
import * as json from 'multiformats/codecs/json';
import * as raw from 'multiformats/codecs/raw';
import { messageOf } from '../../shared/index.js';
import { UndecodableBlock, UnsupportedDag } from './network.errors.js';

const DAG_JSON = 0x0129;
const CBOR = 0x51;

export interface BlockLink {
  cid: CID;
  /** What the link claims its block weighs, where it can: a hint, never to be trusted. */
  bytes: number | null;
}

/** What each codec says a block links to. Plain JSON and CBOR have no links by definition. */
const LINKS: Record<number, (bytes: Uint8Array) => BlockLink[]> = {
  [raw.code]: () => [],
  [json.code]: () => [],
  [CBOR]: () => [],
  [dagPb.code]: (bytes) =>
    dagPb
      .decode(bytes)
      .Links.map(({ Hash, Tsize }) => ({ cid: Hash, bytes: Hash.code === raw.code ? (Tsize ?? null) : null })),
  [dagCbor.code]: (bytes) => cidsIn(dagCbor.decode(bytes)),
  [DAG_JSON]: (bytes) => cidsIn(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), reviveLink)),
};

export function canFollow(cid: CID): boolean {
  return LINKS[cid.code] !== undefined;
}

/**
 * What a block links to, in its own order.
 * @throws UnsupportedDag for a codec that cannot be followed; UndecodableBlock for bytes that are not what the CID says.
 */
export function linksOf(cid: CID, bytes: Uint8Array): BlockLink[] {
  const links = LINKS[cid.code];
  if (links === undefined)
    throw new UnsupportedDag(`${cid.toString()} has codec 0x${cid.code.toString(16)}, which cannot be followed`);
  try {
    return links(bytes);
  } catch (error) {
    throw new UndecodableBlock(`${cid.toString()} cannot be decoded: ${messageOf(error)}`);
  }
}

/** DAG-JSON writes a link as an object whose only key is "/" and whose value is the CID's text. */
function reviveLink(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('/' in value) || Object.keys(value).length !== 1) return value;
  return typeof value['/'] === 'string' ? CID.parse(value['/']) : value;
}

function cidsIn(root: unknown): BlockLink[] {
  const found: BlockLink[] = [];
  const pending = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) continue;
    const cid = CID.asCID(value);
    if (cid) found.push({ cid, bytes: null });
    // Not push(...): a hostile block may hold more values than a call takes arguments.
    else for (const child of Object.values(value).reverse()) pending.push(child);
  }
  return found;
}
