import { Tokenizer, Type, type DecodeOptions, type Token } from 'cborg';
import { CID } from 'multiformats/cid';

/** A list or a map that is still being read. */
interface Open {
  /** Items that are still to come: a map has two for each entry. */
  left: number;
  /** The names of a map so far; null: a list. */
  keys: Set<string> | null;
  nameIsNext: boolean;
}

const LINK_TAG = 42;

/**
 * The links of a dag-cbor block (https://ipld.io/specs/codecs/dag-cbor/spec/) in the order of its bytes. Takes and
 * refuses exactly what `@ipld/dag-cbor` takes and refuses with these options, but from its tokens and with a stack of
 * its own: the library's decoder calls itself for every level, and a small block can have millions.
 * @throws Error when the bytes are not dag-cbor.
 */
export function dagCborLinks(bytes: Uint8Array, options: DecodeOptions): CID[] {
  const tokens = new Tokenizer(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), options);
  const found: CID[] = [];
  const open: Open[] = [];
  do {
    const token = nextToken(tokens);
    const inside = open.at(-1);
    if (inside) takeItem(inside, token);
    if (Type.equals(token.type, Type.tag)) found.push(linkAfter(token, tokens));
    else if (Type.equals(token.type, Type.array))
      open.push({ left: Number(token.value), keys: null, nameIsNext: false });
    else if (Type.equals(token.type, Type.map))
      open.push({ left: 2 * Number(token.value), keys: new Set(), nameIsNext: true });
    while (open.at(-1)?.left === 0) open.pop();
  } while (open.length > 0);
  if (!tokens.done()) throw new Error('bytes follow the value');
  return found;
}

function nextToken(tokens: Tokenizer): Token {
  if (tokens.done()) throw new Error('the bytes end inside the value');
  const token = tokens.next();
  if (Type.equals(token.type, Type.break)) throw new Error('a break outside an indefinite value');
  return token;
}

/** Counts an item of a list or a map, and looks at it when it is a name. */
function takeItem(inside: Open, token: Token): void {
  inside.left -= 1;
  if (inside.keys === null) return;
  if (inside.nameIsNext) {
    if (!Type.equals(token.type, Type.string)) throw new Error('a name in a map is not a string');
    const name = String(token.value);
    if (inside.keys.has(name)) throw new Error(`a map has the name ${JSON.stringify(name)} twice`);
    inside.keys.add(name);
  }
  inside.nameIsNext = !inside.nameIsNext;
}

/** A link is tag 42 on a byte string: a zero byte, then the CID. */
function linkAfter(tag: Token, tokens: Tokenizer): CID {
  if (tag.value !== LINK_TAG) throw new Error(`tag ${String(tag.value)} is not in dag-cbor`);
  const token = nextToken(tokens);
  const value: unknown = token.value;
  if (!Type.equals(token.type, Type.bytes) || !(value instanceof Uint8Array) || value[0] !== 0)
    throw new Error('a link is a byte string that begins with a zero');
  return CID.decode(value.subarray(1));
}
