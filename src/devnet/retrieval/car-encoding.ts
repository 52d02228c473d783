import * as dagCbor from '@ipld/dag-cbor';
import { varint } from 'multiformats';
import type { CID } from 'multiformats/cid';

/** CARv1 (https://ipld.io/specs/transport/car/carv1/). */
export function carHeader(root: CID): Uint8Array {
  const header = dagCbor.encode({ version: 1, roots: [root] });
  return Buffer.concat([length(header.length), header]);
}

export function carSectionPrefix(cid: CID, size: number): Uint8Array {
  return Buffer.concat([length(cid.bytes.length + size), cid.bytes]);
}

function length(value: number): Uint8Array {
  return varint.encodeTo(value, new Uint8Array(varint.encodingLength(value)));
}
