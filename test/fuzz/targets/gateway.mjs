import fc from 'fast-check';
import { openUploadedCar } from '../../../dist/content/domain/uploaded-car.js';
import { answerFormat, onlyIfCached, parseGatewayPath } from '../../../dist/gateway/domain/gateway-request.js';
import { NotHere, NotTraversable } from '../../../dist/gateway/domain/gateway.errors.js';
import { matchesAny, parseRange } from '../../../dist/gateway/domain/preconditions.js';
import { GatewayMemory, RequestBlocks } from '../../../dist/gateway/domain/request-blocks.js';
import { AnswerRequest } from '../../../dist/gateway/verbs/answer-request.js';
import { carOf, cidOf, DAG_CBOR, DAG_PB, sampleDags } from '../corpus.mjs';
import { mutate } from '../mutate.mjs';
import { Random } from '../random.mjs';
import { inPieces, isRefusal, sampled, target, textOf, utf8 } from './named.mjs';

/** 501 is the path gateway specification's own word for what cannot be walked through. */
const isAnswer = (error) => isRefusal(error) || error instanceof NotTraversable;

/** No answer may be longer than what a small DAG could honestly hold. */
const MOST_ANSWER = 64 * 1024 * 1024;
const LIMITS = { readAhead: 48 * 1024 ** 2, nodes: 64 * 1024 ** 2, seen: 1024 ** 2, blocks: 100_000 };
const FORMS = ['', '?format=raw', '?format=car', '?format=car&dag-scope=entity', '?format=dag-cbor', '?format=json'];
const PATHS = ['', '/', '/d', '/d/file%201.txt', '/list/0/a', '/list/1/deep', '/x', '/index.html'];
const RANGES = [undefined, 'bytes=0-9', 'bytes=5-5', 'bytes=-1', 'bytes=100-', 'bytes=9-1', 'lines=1-2'];

/**
 * A stored DAG in which one block was exchanged: its parents are made anew, so that every hash is right and every claim
 * may be wrong. The input is that block; which DAG, place and request follow from its first bytes.
 */
let dags = [];
const openDags = async () => {
  dags = await sampleDags();
};

async function askGateway(input) {
  const random = new Random(input.subarray(0, 64).reduce((sum, byte) => (sum * 31 + byte) >>> 0, input.length));
  const { root, blocks } = random.of(dags);
  const stored = new Map(blocks.map(({ cid, bytes }) => [cid.toString(), bytes]));
  const changed = random.once(3) ? blocks.find(({ cid }) => cid.equals(root)) : random.of(blocks);
  const codec = random.once(4) ? random.of([DAG_PB, DAG_CBOR]) : changed.cid.code;
  const top = exchange(stored, blocks, { old: changed.cid, cid: cidOf(codec, input), bytes: input }, root);
  const source = {
    find: async (cid) => (cid.multihash.code === 0 ? cid.multihash.digest : (stored.get(cid.toString()) ?? null)),
    wait: async (cid) => {
      throw new NotHere(`${cid} is not here`);
    },
  };
  const signal = new AbortController().signal;
  const shared = new GatewayMemory(LIMITS);
  const memory = shared.readers.open();
  const answers = new AnswerRequest({ run: () => new RequestBlocks(source, shared, memory, signal) });
  const request = { url: `/ipfs/${top}${random.of(PATHS)}${random.of(FORMS)}`, range: random.of(RANGES) };
  const answer = await answers.run(request, memory, signal);
  if (answer.body === null || answer.body === undefined) return;
  let size = 0;
  for await (const part of answer.body) {
    size += part.length;
    if (size > MOST_ANSWER) throw new Error('an answer without an end');
  }
}

/**
 * Puts a block in the place of the block `old`, and every block of the DAG above it anew. The CID of the root as it is
 * then.
 */
function exchange(stored, blocks, { old, cid, bytes }, root) {
  stored.set(cid.toString(), bytes);
  if (old.equals(root)) return cid;
  for (const parent of blocks) {
    const at = Buffer.from(parent.bytes).indexOf(old.bytes);
    if (at < 0 || cid.bytes.length !== old.bytes.length) continue;
    const copy = Uint8Array.from(parent.bytes);
    copy.set(cid.bytes, at);
    return exchange(stored, blocks, { old: parent.cid, cid: cidOf(parent.cid.code, copy), bytes: copy }, root);
  }
  return root;
}

const blocks = async () => (await sampleDags()).flatMap((dag) => dag.blocks.map(({ bytes }) => bytes));

/** A request's own words. The first line is the path, the second Accept, the third Range, the fourth If-None-Match. */
function readRequest(bytes) {
  const [url = '', accept, range, ifNoneMatch] = textOf(bytes).split('\n');
  const path = parseGatewayPath(url);
  answerFormat(new URLSearchParams(path.rawQuery), accept);
  onlyIfCached({ cacheControl: accept });
  matchesAny(ifNoneMatch, '"bafy"');
  parseRange(range, 1000);
}

const requestTexts = async () =>
  (await sampleDags()).flatMap(({ root }) =>
    FORMS.map((form) =>
      utf8(`/ipfs/${root}/a/b%20c${form}\napplication/vnd.ipld.car;version=1\nbytes=0-10,20-30\nW/"x", "y"`),
    ),
  );
const lines = fc.array(fc.string({ unit: 'binary-ascii', maxLength: 60 }), { minLength: 1, maxLength: 4 });

/** Every block is checked: what is taken has the hash that it says. */
async function readUpload(bytes) {
  const { blocks: uploaded } = await openUploadedCar(inPieces(bytes), 16);
  for await (const { cid, bytes: block } of uploaded)
    if (
      cid.multihash.code === 0x12 &&
      !cidOf(cid.code, block).multihash.bytes.every((byte, n) => byte === cid.multihash.bytes[n])
    )
      throw new Error('a block was taken that is not what its CID says');
}

/** CARs with sound framing whose blocks may be anything. */
function* oddCars(random) {
  const cars = dags.map((dag) => dag.blocks);
  for (;;) {
    const kept = random
      .of(cars)
      .map(({ cid, bytes }) => (random.once(3) ? { cid, bytes: mutate(bytes, [bytes], random) } : { cid, bytes }));
    yield carOf([kept[0].cid], kept);
  }
}

export const gateway = {
  'gateway-dag': target(blocks, askGateway, { isNamed: isAnswer, weight: 4, open: openDags }),
  'gateway-request': target(requestTexts, readRequest, {
    isNamed: isAnswer,
    sample: (random) => sampled(fc, lines, (all) => utf8(`/ipfs/${all.join('\n')}`), random),
  }),
  'uploaded-car': target(
    async () => (await sampleDags()).map((dag) => carOf([dag.root], dag.blocks)),
    async (bytes) => void (await readUpload(bytes)),
    { isNamed: isRefusal, weight: 2, open: openDags, sample: oddCars },
  ),
};
