export {
  canVerify,
  cidOf,
  digestOf,
  hashMatches,
  isIdentity,
  LONGEST_IDENTITY,
  multihashHasher,
} from './block-hash.js';
export { blockKey, cidOfNodeKey, nodeKey } from './block-key.js';
export { type CarBlock, CarReader, MAX_BLOCK_BYTES, readSectionPrefix, readSections } from './car/read.js';
export {
  carHeader,
  carHeaderOf,
  HEADER_BYTES,
  headerRoot,
  PLACEHOLDER_ROOT,
  rootInHeader,
  sectionPrefix,
} from './car/write.js';
export { linkedBytes } from './dag-pb-node.js';
export { readDagCborPath } from './dag-cbor-path.js';
export { DAG_CBOR, DAG_JSON, DAG_PB, IDENTITY, MURMUR3_X64_64, RAW, SHA2_256 } from './codecs.js';
export {
  BlockUndecodable,
  CarMalformed,
  CarTruncated,
  CodecUnknown,
  IdentityTooLong,
  UnixfsUnsound,
} from './ipld.errors.js';
export {
  blockLinks,
  type BlockLink,
  followLinks,
  linksOf,
  type LinkTable,
  readLinks,
  type Strictness,
} from './links.js';
export { encodeDirectoryNode, encodeShardNode } from './unixfs-directory.js';
export { encodeFileNode } from './unixfs-file.js';
export {
  type FileChildren,
  type NamedLink,
  type NamedLinks,
  readUnixfsNode,
  type RootFacts,
  rootFacts,
  unixfsNode,
  type UnixfsNode,
} from './unixfs-node.js';
export { readVarint, varint } from './varint.js';
