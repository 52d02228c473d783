import { encode } from 'cborg';
import { CID } from 'multiformats/cid';
import fc from 'fast-check';
import {
  blockLinks,
  CarReader,
  linksOf,
  readSectionPrefix,
  readSections,
  readVarint,
  rootFacts,
  unixfsNode,
} from '../../../dist/ipld/index.js';
import { canonicalCid, parseCid } from '../../../dist/shared/index.js';
import { carOf, carV2Of, cidOf, DAG_CBOR, DAG_JSON, DAG_PB, identityOf, RAW, sampleDags } from '../corpus.mjs';
import { inPieces, isRefusal, readAll, sampled, target, textOf, utf8 } from './named.mjs';

const cars = async () =>
  (await sampleDags()).flatMap(({ root, blocks }) => [carOf([root], blocks), carV2Of(carOf([root], blocks))]);
const blocksOf = (codec) => async () =>
  (await sampleDags()).flatMap(({ blocks }) =>
    blocks.filter(({ cid }) => cid.code === codec).map(({ bytes }) => bytes),
  );

async function readCar(bytes) {
  const reader = await CarReader.open(inPieces(bytes));
  try {
    reader.roots(16);
  } finally {
    await readAll(reader.blocks());
  }
}

/** Links strictly, as bytes that we only keep, and with what identity CIDs hide. */
function readLinks(codec) {
  return (bytes) => {
    const cid = cidOf(codec, bytes);
    for (const read of [
      () => blockLinks(cid, bytes),
      () => blockLinks(cid, bytes, 'lenient'),
      () => linksOf(cid, bytes),
      () => linksOf(identityOf(codec, bytes.subarray(0, 128)), bytes, 'lenient'),
    ])
      refused(read);
  };
}

function refused(read) {
  try {
    read();
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

async function cidTexts() {
  const roots = (await sampleDags()).map(({ root }) => root);
  const v0 = CID.createV0(cidOf(DAG_PB, new Uint8Array(3)).multihash);
  return [v0, ...roots, identityOf(RAW, utf8('inline'))].map((cid) => utf8(cid.toString()));
}

/** A text that was taken for a CID means the same when it is written and read again. */
function readCid(bytes) {
  const cid = parseCid(textOf(bytes));
  if (cid === null) return;
  const again = parseCid(canonicalCid(cid));
  if (again === null || Buffer.compare(again.multihash.bytes, cid.multihash.bytes) !== 0 || again.code !== cid.code)
    throw new Error('a CID that is not read back as what it was');
}

const cborValues = fc.anything({ maxDepth: 6, withBigInt: true, withTypedArray: true, withMap: false, withSet: false });
/** What CBOR has no words for is an empty list. */
function asCbor(value) {
  try {
    return encode(value);
  } catch {
    return encode([]);
  }
}

export const ipld = {
  car: target(cars, readCar, { isNamed: isRefusal, weight: 3 }),
  'car-stretch': target(cars, (bytes) => readAll(readSections(inPieces(bytes))), { isNamed: isRefusal }),
  'car-prefix': target(cars, (bytes) => {
    readSectionPrefix(bytes);
    try {
      readVarint(bytes);
    } catch (error) {
      // A varint over what a number holds is a RangeError by its contract.
      if (!(error instanceof RangeError)) throw error;
    }
  }),
  'dag-pb': target(blocksOf(DAG_PB), readLinks(DAG_PB), { weight: 2 }),
  'dag-cbor': target(blocksOf(DAG_CBOR), readLinks(DAG_CBOR), {
    weight: 2,
    sample: (random) => sampled(fc, cborValues, asCbor, random),
  }),
  'dag-json': target(blocksOf(DAG_JSON), readLinks(DAG_JSON), {
    sample: (random) => sampled(fc, fc.json({ maxDepth: 8 }), utf8, random),
  }),
  unixfs: target(
    blocksOf(DAG_PB),
    (bytes) => {
      const cid = cidOf(DAG_PB, bytes);
      rootFacts(cid, bytes);
      refused(() => unixfsNode(cid, bytes));
    },
    { weight: 2 },
  ),
  cid: target(cidTexts, readCid, {
    sample: (random) => sampled(fc, fc.string({ unit: 'binary-ascii', maxLength: 80 }), utf8, random),
  }),
};
