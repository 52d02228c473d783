import * as dagCbor from '@ipld/dag-cbor';
import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import { Block } from 'multiformats/block';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
/** The links of a block in order; blocks of codecs that carry no links here (raw, json, ...) have none. */ export function linksOf(cid, bytes) {
    if (cid.code === dagPb.code) return dagPb.decode(bytes).Links.map((link)=>CID.asCID(link.Hash)).filter((link)=>link !== null);
    if (cid.code === dagCbor.code) {
        const block = new Block({
            cid,
            bytes,
            value: dagCbor.decode(bytes)
        });
        return [
            ...block.links()
        ].map(([, link])=>CID.asCID(link)).filter((link)=>link !== null);
    }
    return [];
}
/**
 * The links to follow from the first block of a request
 * (https://specs.ipfs.tech/http-gateways/trustless-gateway/#dag-scope-request-query-parameter).
 */ export function linksInScope(cid, bytes, scope) {
    if (scope === 'block') return [];
    if (scope === 'all' || cid.code !== dagPb.code) return linksOf(cid, bytes);
    const data = dagPb.decode(bytes).Data;
    const type = data && UnixFS.unmarshal(data).type;
    return type === 'directory' ? [] : linksOf(cid, bytes);
}
/** The bytes of a block that stand in its CID (multihash code 0); undefined for all others. */ export function identityBytes(cid) {
    return cid.multihash.code === 0 ? Digest.decode(cid.multihash.bytes).digest : undefined;
}

//# sourceMappingURL=block-links.js.map
