import { Tokenizer, Type, type DecodeOptions, type Token } from 'cborg';
import { identityBytesOf } from './cid-bytes.js';

const LINK_TAG = 42;
/** Tokens between two pauses of whoever reads a block. */
const TOKENS_PER_STEP = 4_096;
/** Maps of several names that may lie in each other: the library's own decoder gives up long before. */
const MOST_OPEN_MAPS = 65_536;

/** Who claims more items than this has fewer: the bytes end before. */
const MOST_ITEMS = 2 ** 30;

/** Where the CIDs of a block stand in its bytes: two numbers each, first byte and end. */
export interface LinkPositions {
  positions: Uint32Array;
  /** The most bytes that one of them carries in itself. */
  longestIdentity: number;
}

/** A map with several names that is still being read. */
interface OpenMap {
  /** How many lists and maps it lies in. */
  depth: number;
  first: string | null;
  names: Set<string> | null;
}

/**
 * The links of a dag-cbor block (https://ipld.io/specs/codecs/dag-cbor/spec/) in the order of its bytes. Takes and
 * refuses exactly what `@ipld/dag-cbor` takes and refuses with these options, but from its tokens and with a stack of
 * its own: the library's decoder calls itself for every level, and a small block can have millions. Yields now and
 * then.
 * @throws Error when the bytes are not dag-cbor.
 */
export function* readDagCborLinks(bytes: Uint8Array, options: DecodeOptions): Generator<void, LinkPositions> {
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const tokens = new Tokenizer(view, options);
  const positions = new Numbers();
  let longestIdentity = 0;
  const open = new OpenValues();
  let steps = 0;
  do {
    const token = nextToken(tokens);
    open.take(token);
    if (Type.equals(token.type, Type.tag))
      longestIdentity = Math.max(longestIdentity, passLink(token, tokens, view, positions));
    else if (Type.equals(token.type, Type.array)) open.list(Number(token.value));
    else if (Type.equals(token.type, Type.map)) open.map(Number(token.value));
    open.close();
    steps += 1;
    if (steps % TOKENS_PER_STEP === 0) yield;
  } while (open.depth > 0);
  if (!tokens.done()) throw new Error('bytes follow the value');
  return { positions: positions.all(), longestIdentity };
}

/** Whole numbers that become more, four bytes each: millions of values of the language would be a burden. */
class Numbers {
  length = 0;
  private values = new Int32Array(64);

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Int32Array(2 * this.values.length);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length] = value;
    this.length += 1;
  }

  /** Undefined where there is none: below zero, or behind the last. */
  at(index: number): number | undefined {
    return index < this.length ? this.values[index] : undefined;
  }

  set(index: number, value: number): void {
    this.values[index] = value;
  }

  all(): Uint32Array {
    return Uint32Array.from(this.values.subarray(0, this.length));
  }
}

/** Lists and maps that are still being read: a number for each, and the names of those maps that have several. */
class OpenValues {
  /** Items that are still to come, of maps two for each entry; those of maps are below zero. */
  private readonly left = new Numbers();
  private readonly maps: OpenMap[] = [];

  get depth(): number {
    return this.left.length;
  }

  list(items: number): void {
    this.left.push(Math.min(items, MOST_ITEMS));
  }

  map(entries: number): void {
    this.left.push(-2 * Math.min(entries, MOST_ITEMS / 2));
    if (entries < 2) return;
    if (this.maps.length >= MOST_OPEN_MAPS) throw new Error('maps lie too deep in each other');
    this.maps.push({ depth: this.left.length, first: null, names: null });
  }

  /** Counts an item of the innermost list or map, and looks at it when it is a name. */
  take(token: Token): void {
    const last = this.left.length - 1;
    const left = this.left.at(last);
    if (left === undefined) return;
    this.left.set(last, left > 0 ? left - 1 : left + 1);
    if (left > 0 || left % 2 !== 0) return;
    if (!Type.equals(token.type, Type.string)) throw new Error('a name in a map is not a string');
    const map = this.maps.at(-1);
    if (map?.depth === this.left.length) takeName(map, String(token.value));
  }

  /** Leaves what has no more items. */
  close(): void {
    while (this.left.at(this.left.length - 1) === 0) {
      if (this.maps.at(-1)?.depth === this.left.length) this.maps.pop();
      this.left.length -= 1;
    }
  }
}

/** @throws Error when the map has the name already */
function takeName(map: OpenMap, name: string): void {
  if (map.first === null) {
    map.first = name;
    return;
  }
  map.names ??= new Set([map.first]);
  if (map.names.has(name)) throw new Error(`a map has the name ${JSON.stringify(name)} twice`);
  map.names.add(name);
}

function nextToken(tokens: Tokenizer): Token {
  if (tokens.done()) throw new Error('the bytes end inside the value');
  const token = tokens.next();
  if (Type.equals(token.type, Type.break)) throw new Error('a break outside an indefinite value');
  return token;
}

/** A link is tag 42 on a byte string: a zero byte, then the CID. Gives what it carries in itself, in bytes. */
function passLink(tag: Token, tokens: Tokenizer, bytes: Uint8Array, positions: Numbers): number {
  if (tag.value !== LINK_TAG) throw new Error(`tag ${String(tag.value)} is not in dag-cbor`);
  const token = nextToken(tokens);
  const value: unknown = token.value;
  if (!Type.equals(token.type, Type.bytes) || !(value instanceof Uint8Array) || value[0] !== 0)
    throw new Error('a link is a byte string that begins with a zero');
  const end = tokens.pos();
  const start = end - value.length + 1;
  positions.push(start);
  positions.push(end);
  return identityBytesOf(bytes, start, end);
}
