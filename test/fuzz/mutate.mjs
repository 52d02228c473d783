// What a mutating fuzzer does to a valid input: few changes at a time, so that most of the structure stays and the parser
// gets past its first check.

/** No input grows beyond this. */
export const MOST_BYTES = 256 * 1024;
/** Bytes with a meaning of their own in some format: CBOR heads, protobuf tags, multihash and codec codes, delimiters. */
const TELLING = [
  0, 1, 2, 0x0a, 0x12, 0x1a, 0x20, 0x22, 0x51, 0x55, 0x5b, 0x70, 0x71, 0x7b, 0x7f, 0x80, 0x9f, 0xa1, 0xbf,
];
TELLING.push(0xd8, 0x2a, 0xf6, 0xfb, 0xfe, 0xff);
/** Lengths that overflow something: as varints. */
const HUGE = [
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x80, 0x80, 0x80, 0x80, 0x10],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
  [0x80, 0x00],
  [0x80, 0x80, 0x40],
];
const WORDS = [
  '../',
  '%00',
  '%2e%2e',
  '\u0000',
  '\r\n',
  '"',
  '{',
  '[',
  '9007199254740993',
  '-1',
  '1e999',
  'null',
  '\ud83d',
];
/** Digits, base 58, spaces, separators, a backslash. */
const LONG = [0x31, 0x7a, 0x51, 0x20, 0x2f, 0x2c, 0x5c, 0x25, 0x0a, 0x2d];
const texts = WORDS.map((word) => new TextEncoder().encode(word));

const steps = [
  flipBit,
  setByte,
  setByte,
  truncate,
  drop,
  repeat,
  insertRandom,
  insertWord,
  overwriteWithHuge,
  insertHuge,
  splice,
  nest,
  lengthen,
];

/** One to six changes to a copy of `input`; `corpus` lends bytes of other inputs. Deterministic in `random`. */
export function mutate(input, corpus, random) {
  let bytes = Uint8Array.from(input);
  for (let left = 1 + random.below(random.once(8) ? 6 : 2); left > 0; left--)
    bytes = random.of(steps)(bytes, random, corpus);
  return bytes.length > MOST_BYTES ? bytes.subarray(0, MOST_BYTES) : bytes;
}

function flipBit(bytes, random) {
  if (bytes.length > 0) bytes[random.below(bytes.length)] ^= 1 << random.below(8);
  return bytes;
}

function setByte(bytes, random) {
  if (bytes.length > 0) bytes[random.below(bytes.length)] = random.once(2) ? random.of(TELLING) : random.word();
  return bytes;
}

function truncate(bytes, random) {
  return bytes.slice(0, random.below(bytes.length + 1));
}

function drop(bytes, random) {
  const [from, to] = stretch(bytes, random);
  return join(bytes.subarray(0, from), bytes.subarray(to));
}

function repeat(bytes, random) {
  const [from, to] = stretch(bytes, random);
  const part = bytes.subarray(from, to);
  const times = 1 + random.below(random.once(10) ? 64 : 3);
  return join(bytes.subarray(0, to), ...Array.from({ length: times }, () => part), bytes.subarray(to));
}

function insertRandom(bytes, random) {
  return insert(bytes, random.bytes(1 + random.below(16)), random);
}

function insertWord(bytes, random) {
  return insert(bytes, random.of(texts), random);
}

function insertHuge(bytes, random) {
  return insert(bytes, random.of(HUGE), random);
}

function overwriteWithHuge(bytes, random) {
  const at = random.below(bytes.length + 1);
  return join(bytes.subarray(0, at), random.of(HUGE), bytes.subarray(at + 1));
}

/** The beginning of this input and the end of another one. */
function splice(bytes, random, corpus) {
  const other = random.of(corpus);
  return join(bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length + 1)));
}

/** The same head over and over: values in values. */
function nest(bytes, random) {
  const head = random.of([
    [0x81],
    [0xa1, 0x61, 0x61],
    [0xd8, 0x2a],
    [0x5b],
    [0x7b, 0x22, 0x61, 0x22, 0x3a],
    [0x0a, 0x7f],
  ]);
  const times = random.once(20) ? 20_000 : 1 + random.below(50);
  const all = new Uint8Array(head.length * times);
  for (let index = 0; index < all.length; index++) all[index] = head[index % head.length];
  return insert(bytes, all, random);
}

/** One character very often: for whatever takes the square of a length. */
function lengthen(bytes, random) {
  const at = random.below(bytes.length + 1);
  const times = random.once(10) ? 100_000 : random.below(300);
  const byte = random.once(2) ? (bytes[at] ?? 0x31) : random.of(LONG);
  return join(bytes.subarray(0, at), new Uint8Array(times).fill(byte), bytes.subarray(at));
}

function insert(bytes, more, random) {
  const at = random.below(bytes.length + 1);
  return join(bytes.subarray(0, at), more, bytes.subarray(at));
}

function stretch(bytes, random) {
  const from = random.below(bytes.length + 1);
  return [from, Math.min(bytes.length, from + 1 + random.below(random.once(5) ? 4096 : 16))];
}

export function join(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
