import { Readable } from 'node:stream';
import fc from 'fast-check';
import { uploadQuery, pageQuery } from '../../../dist/content/http/content.dto.js';
import { parseFolderPath, parseUploadPath } from '../../../dist/content/domain/upload-path.js';
import { readUploadForm } from '../../../dist/content/http/upload-form.js';
import { readBatch } from '../../../dist/pinning/api/batched-pins.dto.js';
import { pinSchema } from '../../../dist/pinning/api/pin.dto.js';
import { pinQuerySchema } from '../../../dist/pinning/api/pin-query.dto.js';
import { parseInput } from '../../../dist/platform/http/index.js';
import { sampleDags } from '../corpus.mjs';
import { isRefusal, readAll, sampled, target, textOf, utf8 } from './named.mjs';

const BOUNDARY = 'xYzZy';
const part = (name, filename, body, type = 'application/octet-stream') =>
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${filename ? `; filename="${filename}"` : ''}\r\n` +
  `content-type: ${type}\r\n\r\n${body}\r\n`;
const end = `--${BOUNDARY}--\r\n`;
const FORMS = [
  part('data', 'a.txt', 'hello') + end,
  part('filename', '', 'other name') + part('data', 'b.bin', 'x'.repeat(2000)) + part('collection', '', '1') + end,
  part('data', "c's ä.txt", '--xYzZ\r\n--xYzZ') + end,
  `preamble\r\n${part('other', 'd', 'no')}${part('data', 'e', '')}${end}epilogue`,
  part('data', 'f', '1') + part('data', 'g', '2') + end,
  part('data', 'a/b/c.txt', '1') +
    part('dir', '', 'a/empty/') +
    part('data', '../up', '2') +
    part('data', '/a', '') +
    end,
];
/** Of a form: few enough for the limit to be reached. */
const MOST_ENTRIES = 5;

/** As it comes off a socket, with the boundary that the header says. */
async function readForm(bytes) {
  const request = Object.assign(Readable.from(pieces(bytes), { objectMode: false }), {
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    complete: true,
  });
  try {
    const { files, directories } = readUploadForm(request, MOST_ENTRIES);
    for await (const { path, bytes } of files) {
      if (path !== undefined) parseUploadPath(path);
      await readAll(bytes);
    }
    for (const path of directories) parseFolderPath(path);
  } finally {
    request.destroy();
  }
}

function* pieces(bytes) {
  const size = bytes.length < 8_192 ? 61 : 4_099;
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}

/** A JSON body: what is not JSON is refused before by the parser. */
function readJson(take) {
  return (bytes) => {
    let value;
    try {
      value = JSON.parse(textOf(bytes));
    } catch {
      return;
    }
    take(value);
  };
}

function readPin(value) {
  const pin = parseInput(pinSchema, value);
  for (const text of [pin.name ?? '', ...pin.origins, ...Object.entries(pin.meta).flat()])
    if (text.includes('\0') || !text.isWellFormed()) throw new Error('a text was taken that PostgreSQL cannot keep');
}

async function pins() {
  const cids = (await sampleDags()).map(({ root }) => root.toString());
  return cids.map((cid, n) => ({
    cid,
    name: `pin ${n}`,
    origins: ['/ip4/203.0.113.1/tcp/4001/p2p/12D3KooWJbWQBGr2YZ7c3ECUhQWmhNTB3bq1FJTKz4TZAcZKTpNf'],
    meta: { app: 'fuzz' },
  }));
}

const pinLike = fc.record(
  {
    cid: fc.oneof(fc.string(), fc.constant('bafkqaaa'), fc.jsonValue()),
    name: fc.oneof(fc.string({ unit: 'binary-ascii', maxLength: 300 }), fc.jsonValue()),
    origins: fc.oneof(fc.array(fc.string({ maxLength: 50 }), { maxLength: 25 }), fc.jsonValue()),
    meta: fc.oneof(
      fc.dictionary(fc.string(), fc.oneof(fc.string({ unit: 'binary-ascii' }), fc.jsonValue())),
      fc.jsonValue(),
    ),
  },
  { requiredKeys: [] },
);
const NAMES = ['cid', 'name', 'match', 'status', 'before', 'after', 'limit', 'meta', 'requestid', 'offset', 'filename'];
const WORDS = [
  '',
  '10',
  '-1',
  '1e9',
  'pinned,failed',
  'exact',
  'ipartial',
  'bafkqaaa',
  '2026-01-01T00:00:00Z',
  '{"a":"b"}',
  'true',
];
const query = fc.array(
  fc.tuple(
    fc.constantFrom(...NAMES, 'replication', 'duration', 'maxPrice', 'verified', 'profile'),
    fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary-ascii', maxLength: 40 })),
  ),
  { maxLength: 6 },
);
const asQuery = (pairs) => utf8(new URLSearchParams(pairs).toString());

/** The query as the framework hands it on: repeats are a list. */
function readQuery(schema) {
  return (bytes) => {
    const values = {};
    for (const [name, value] of new URLSearchParams(textOf(bytes)))
      values[name] = name in values ? [values[name], value].flat() : value;
    parseInput(schema, values);
  };
}
const queries = async () => [
  asQuery([
    ['cid', 'bafkqaaa'],
    ['status', 'queued,pinning'],
  ]),
  asQuery([
    ['limit', '5'],
    ['before', '2026-01-01T00:00:00Z'],
  ]),
];
const named = { isNamed: isRefusal };
const asJson = (value) => utf8(JSON.stringify(value));

export const requests = {
  multipart: target(async () => FORMS.map(utf8), readForm, { ...named, weight: 2 }),
  'pin-body': target(async () => (await pins()).map(asJson), readJson(readPin), {
    ...named,
    sample: (random) => sampled(fc, pinLike, asJson, random),
  }),
  'pin-batch': target(
    async () => [asJson(await pins())],
    readJson((value) => readBatch(value)),
    {
      ...named,
      sample: (random) => sampled(fc, fc.array(pinLike, { maxLength: 5 }), asJson, random),
    },
  ),
  'pin-query': target(queries, readQuery(pinQuerySchema), {
    ...named,
    sample: (random) => sampled(fc, query, asQuery, random),
  }),
  'upload-query': target(queries, readQuery(uploadQuery), {
    ...named,
    sample: (random) => sampled(fc, query, asQuery, random),
  }),
  'page-query': target(queries, readQuery(pageQuery), {
    ...named,
    sample: (random) => sampled(fc, query, asQuery, random),
  }),
};
