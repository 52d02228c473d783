import * as dagCbor from '@ipld/dag-cbor';
import * as dagPb from '@ipld/dag-pb';
import { CID } from 'multiformats/cid';
import { isIdentity } from '../../storage/index.js';

/** Codecs (https://github.com/multiformats/multicodec) whose links we can read. */
export const RAW = 0x55;
const DAG_PB = 0x70;
export const DAG_CBOR = 0x71;
export const DAG_JSON = 0x0129;

/**
 * The CIDs that a block links to, in order, each as often as it is linked. Identity CIDs are never stored or sent; what they
 * link to in turn is listed in their place. A block that its codec cannot read has no links: it is bytes all the same.
 */
export function linksOf(cid: CID, bytes: Uint8Array): CID[] {
  return directLinks(cid, bytes).flatMap((link) => (isIdentity(link) ? linksOf(link, link.multihash.digest) : [link]));
}

function directLinks(cid: CID, bytes: Uint8Array): CID[] {
  try {
    if (cid.code === DAG_PB) return dagPb.decode(bytes).Links.map((link) => link.Hash);
    if (cid.code === DAG_CBOR) return cidsIn(dagCbor.decode<unknown>(bytes));
    if (cid.code === DAG_JSON) return cidsIn(JSON.parse(Buffer.from(bytes).toString('utf8'), reviveLink));
    return [];
  } catch {
    return [];
  }
}

/** Map and list members in the order of the document, depth first. */
function cidsIn(value: unknown): CID[] {
  const found: CID[] = [];
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null || ArrayBuffer.isView(next)) continue;
    const cid = CID.asCID(next);
    if (cid) found.push(cid);
    // Not push(...): a block may hold more values than a call takes arguments.
    else for (const child of Object.values(next).reverse()) waiting.push(child);
  }
  return found;
}

/** dag-json writes a link as `{"/": "<cid>"}` (https://ipld.io/specs/codecs/dag-json/spec/). */
function reviveLink(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('/' in value) || Object.keys(value).length !== 1) return value;
  return typeof value['/'] === 'string' ? CID.parse(value['/']) : value;
}
