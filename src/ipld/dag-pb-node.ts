import { CID } from 'multiformats/cid';
import { atOnce } from '../shared/index.js';
import { identityBytesOf } from './cid-bytes.js';
import { BYTES, ProtobufCursor, VARINT } from './protobuf-cursor.js';

/** Links between two pauses of whoever reads a block. */
const LINKS_PER_STEP = 2_048;
/** A part that is not there. */
const NONE = -1;

const utf8 = new TextDecoder();
/** What a decoder writes for bytes that are no UTF-8. */
const REPLACEMENT = '\uFFFD';
/** The first byte of a mark that a decoder leaves out. */
const BYTE_ORDER_MARK = 0xef;

/** Where the parts of a link stand. */
interface Link {
  hashStart: number;
  hashEnd: number;
  nameStart: number;
  nameEnd: number;
  size: number;
}

/**
 * A dag-pb block as positions in its bytes (https://ipld.io/specs/codecs/dag-pb/spec/): 4 bytes for each link, however
 * many there are; names and CIDs are made when they are asked for. A block of 4 MiB may have half a million links, and
 * as objects those are some hundred megabytes.
 */
export class DagPbNode {
  private constructor(
    private readonly bytes: Uint8Array,
    /** Where each PBLink message begins, behind its length. */
    private readonly starts: Uint32Array,
    /** Its UnixFS message, or whatever else stands there; null: nothing. */
    readonly data: Uint8Array | null,
    /** The most bytes that one of its links carries in its CID. */
    readonly longestIdentity: number,
  ) {}

  /**
   * Takes and refuses exactly what `@ipld/dag-pb` takes and refuses. Yields now and then.
   * @throws Error when the bytes are not dag-pb.
   */
  static *read(bytes: Uint8Array): Generator<void, DagPbNode> {
    let starts = new Uint32Array(16);
    let links = 0;
    let linksAreOver = false;
    let data: Uint8Array | null = null;
    let longestIdentity = 0;
    const fields = new ProtobufCursor(bytes, 0, bytes.length);
    while (fields.next()) {
      if (fields.wire !== BYTES) throw new Error(`a field of a node has wire type ${fields.wire}`);
      if (fields.field !== 1 && fields.field !== 2) throw new Error(`a node has the field ${fields.field}`);
      fields.stretch();
      if (fields.field === 1) {
        if (data) throw new Error('a node has its data twice');
        data = bytes.subarray(fields.start, fields.end);
        linksAreOver = links > 0;
        continue;
      }
      if (linksAreOver) throw new Error('the data of a node stands between its links');
      const { hashStart, hashEnd } = readLink(bytes, fields.start, fields.end);
      longestIdentity = Math.max(longestIdentity, identityBytesOf(bytes, hashStart, hashEnd));
      if (links === starts.length) starts = grown(starts);
      starts[links] = fields.start;
      links += 1;
      if (links % LINKS_PER_STEP === 0) yield;
    }
    return new DagPbNode(bytes, starts.slice(0, links), data, longestIdentity);
  }

  /** How many links there are. */
  get length(): number {
    return this.starts.length;
  }

  /** Bytes that it keeps in memory. */
  get weight(): number {
    return this.bytes.length + this.starts.byteLength;
  }

  cidAt(index: number): CID {
    const { hashStart, hashEnd } = this.link(index);
    return CID.decode(this.bytes.subarray(hashStart, hashEnd));
  }

  /** Empty where the link has none. */
  nameAt(index: number): string {
    const { nameStart, nameEnd } = this.link(index);
    return nameStart === NONE ? '' : utf8.decode(this.bytes.subarray(nameStart, nameEnd));
  }

  /** What the link claims that all below it weighs, or null. */
  sizeAt(index: number): number | null {
    const { size } = this.link(index);
    return size === NONE ? null : size;
  }

  /**
   * The first link that has one of these names; -1: none has. Their bytes are compared, and no name is made, but for
   * those that read otherwise than they are written: a byte order mark, bytes that are no UTF-8. Yields now and then.
   */
  *indexOfName(names: readonly string[]): Generator<void, number> {
    const wanted = names.map((name) => Buffer.from(name));
    const mayBeRepaired = names.some((name) => name.includes(REPLACEMENT));
    for (let index = 0; index < this.length; index++) {
      if (index % LINKS_PER_STEP === LINKS_PER_STEP - 1) yield;
      const { nameStart, nameEnd } = this.link(index);
      if (mayBeRepaired || this.bytes[nameStart] === BYTE_ORDER_MARK) {
        if (names.includes(this.nameAt(index))) return index;
      } else if (wanted.some((name) => this.isAt(nameStart, nameEnd, name))) return index;
    }
    return NONE;
  }

  /** Whether these bytes, and no others, stand between two positions; where nothing stands, the empty ones do. */
  private isAt(start: number, end: number, wanted: Uint8Array): boolean {
    if (end - start !== wanted.length) return false;
    for (let at = 0; at < wanted.length; at++) if (this.bytes[start + at] !== wanted[at]) return false;
    return true;
  }

  private link(index: number): Link {
    const start = this.starts[index];
    if (start === undefined) throw new RangeError(`there is no link ${index}`);
    return readLink(this.bytes, start, start + lengthBefore(this.bytes, start));
  }
}

/** What the links of a dag-pb block claim that lies below it; 0 for a block that is none. */
export function linkedBytes(bytes: Uint8Array): number {
  try {
    const node = atOnce(DagPbNode.read(bytes));
    let sum = 0;
    for (let index = 0; index < node.length; index++) sum += node.sizeAt(index) ?? 0;
    return sum;
  } catch {
    // No dag-pb: it links to nothing that a directory would count.
    return 0;
  }
}

/** Fields have to stand in the order Hash, Name, Tsize, each at most once. @throws Error */
function readLink(bytes: Uint8Array, start: number, end: number): Link {
  const link: Link = { hashStart: NONE, hashEnd: NONE, nameStart: NONE, nameEnd: NONE, size: NONE };
  const fields = new ProtobufCursor(bytes, start, end);
  let last = 0;
  while (fields.next()) {
    const { field, wire } = fields;
    if (field < 1 || field > 3) throw new Error(`a link has the field ${field}`);
    if (field <= last) throw new Error('the fields of a link are not in their order');
    if (wire !== (field === 3 ? VARINT : BYTES)) throw new Error(`a field of a link has wire type ${wire}`);
    last = field;
    if (field === 3) {
      link.size = fields.varint();
      continue;
    }
    fields.stretch();
    if (field === 1) [link.hashStart, link.hashEnd] = [fields.start, fields.end];
    else [link.nameStart, link.nameEnd] = [fields.start, fields.end];
  }
  if (link.hashStart === NONE) throw new Error('a link has no CID');
  return link;
}

/** The length that stands as a varint right before `start`: of its bytes only the last is below 0x80. */
function lengthBefore(bytes: Uint8Array, start: number): number {
  let first = start - 1;
  while (first > 0 && (bytes[first - 1] as number) >= 0x80) first -= 1;
  return new ProtobufCursor(bytes, first, start).varint();
}

function grown(starts: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(starts.length * 2);
  larger.set(starts);
  return larger;
}
