/**
 * The codes that we compare CIDs with (https://github.com/multiformats/multicodec), each taken from the library that
 * implements it, so that no file has a number of its own for them.
 */ import { code as dagCbor } from '@ipld/dag-cbor';
import { code as dagPb } from '@ipld/dag-pb';
import { code as json } from 'multiformats/codecs/json';
import { code as raw } from 'multiformats/codecs/raw';
import { identity } from 'multiformats/hashes/identity';
export const RAW = raw;
export const DAG_PB = dagPb;
export const DAG_CBOR = dagCbor;
export const JSON_CODEC = json;
/** No package of ours implements these two. */ export const DAG_JSON = 0x0129;
export const CBOR = 0x51;
export const IDENTITY = identity.code;
export const SHA2_256 = 0x12;
/** The hash of names in sharded directories; the package that computes it knows its code, and cuts it to 64 bits. */ export const MURMUR3_X64_64 = 0x22;

//# sourceMappingURL=codecs.js.map
