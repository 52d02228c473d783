import type { PeerId, Stream } from '@libp2p/interface';
import { CID } from 'multiformats/cid';
import PQueue from 'p-queue';
import type { HotBlocks } from '../../storage/index.js';
import { blockField, framed, presenceField } from './bitswap-message.js';

/** What a peer wants, as bitswap's message says it. */
export interface Wantlist {
  full?: boolean;
  entries: { cid: Uint8Array; priority: number; cancel?: boolean; wantType?: string; sendDontHave?: boolean }[];
}

/** What the server needs of the node. */
export interface BlockServerOptions {
  blocks: HotBlocks;
  /** A new stream to a peer that is connected; throws when it is not. */
  openStream: (peer: PeerId, signal: AbortSignal) => Promise<Stream>;
  /** Told of the bytes of blocks (no overhead) in a batch, once the peer took it. */
  onSent: (bytes: number) => void;
}

interface Want {
  cid: CID;
  haveOnly: boolean;
  sendDontHave: boolean;
}

interface Ledger {
  peer: PeerId;
  wants: Map<string, Want>;
  sending: ReadonlySet<string>;
  busy: boolean;
}

const MOST_WANTS = 16_384;
const LOOK_AHEAD = 256;
/**
 * A batch goes into one stream. Helia hangs up on a stream that brought four mebibytes before its handler was ready to
 * read.
 */
const BATCH_BYTES = 3 * 1024 ** 2;
const BATCHES_AT_ONCE = 16;
/** Whoever asks whether we have a block this small gets it at once. */
const SMALL_BLOCK = 1024;
/** What is smaller travels together. */
const MESSAGE_BYTES = 256 * 1024;
/** Larger ones no peer takes. */
const LARGEST_BLOCK = 4_193_648;
const SEND_TIMEOUT_MS = 120_000;

/**
 * The half of bitswap 1.2.0 that sends blocks (https://specs.ipfs.tech/bitswap-protocol/), in place of Helia's
 * (docs/decisions/0012): that one loads all that a peer wants (up to 1,024 blocks) into memory before it sends the
 * first, encodes each three times, and does not answer a want again that it believes answered, however long the peer
 * asks.
 *
 * Here each peer has one batch of 3 MiB on its way, sixteen of them over all peers, and who asks again gets an answer
 * again. A want that is on its way is not answered twice. A peer may want 16,384 blocks at a time; more are left out.
 * Blocks over 4 MiB are not here.
 */
export class BlockServer {
  private readonly ledgers = new Map<string, Ledger>();
  /** Over all peers. */
  private readonly batches = new PQueue({ concurrency: BATCHES_AT_ONCE });

  constructor(private readonly options: BlockServerOptions) {}

  /**
   * Enters what a peer wants and cancels, and begins to send. Returns at once; what cannot be sent the peer has to ask
   * for again.
   * @throws for a CID that cannot be read.
   */
  receive(peer: PeerId, wantlist: Wantlist): void {
    const ledger = this.ledgers.get(peer.toString()) ?? {
      peer,
      wants: new Map<string, Want>(),
      sending: new Set<string>(),
      busy: false,
    };
    this.ledgers.set(peer.toString(), ledger);
    if (wantlist.full === true) ledger.wants.clear();
    for (const entry of [...wantlist.entries].sort((a, b) => b.priority - a.priority)) note(ledger, entry);
    void this.serve(ledger);
  }

  /** The peer hung up: nothing that it wanted is sent any more. */
  forget(peer: PeerId): void {
    this.ledgers.get(peer.toString())?.wants.clear();
    this.ledgers.delete(peer.toString());
  }

  private async serve(ledger: Ledger): Promise<void> {
    if (ledger.busy) return;
    ledger.busy = true;
    try {
      while (ledger.wants.size > 0) await this.batches.add(() => this.sendBatch(ledger));
    } catch {
      // The line broke: the peer will ask again for what it misses.
      this.forget(ledger.peer);
    } finally {
      ledger.busy = false;
    }
  }

  private async sendBatch(ledger: Ledger): Promise<void> {
    const batch = await this.takeBatch(ledger);
    ledger.sending = new Set(batch.map(({ key }) => key));
    try {
      const answers = await Promise.all(batch.map(({ want, size }) => this.answer(want, size)));
      const blocks = answers.flatMap(({ block }) => block ?? []);
      if (answers.every(({ fields }) => fields.length === 0)) return;
      await this.send(
        ledger.peer,
        answers.map(({ fields }) => fields),
      );
      this.options.onSent(blocks.reduce((sum, block) => sum + block.length, 0));
    } finally {
      ledger.sending = new Set();
    }
  }

  /** The next wants, as many as fit into a batch; they leave the list. */
  private async takeBatch({ wants }: Ledger): Promise<{ key: string; want: Want; size: number | null }[]> {
    const next = firstOf(wants, LOOK_AHEAD);
    const sizes = await Promise.all(next.map(([, { cid }]) => this.options.blocks.size(cid)));
    const batch: { key: string; want: Want; size: number | null }[] = [];
    let bytes = 0;
    for (const [at, [key, want]] of next.entries()) {
      const size = sizes[at] ?? null;
      const weight = size !== null && isSent(want, size) ? size : 0;
      if (bytes > 0 && bytes + weight > BATCH_BYTES) break;
      // It was cancelled or changed meanwhile.
      if (wants.get(key) !== want) continue;
      wants.delete(key);
      batch.push({ key, want, size });
      bytes += weight;
    }
    return batch;
  }

  private async answer(want: Want, size: number | null): Promise<{ fields: Uint8Array[]; block?: Uint8Array }> {
    const { cid, sendDontHave } = want;
    if (size !== null && size <= LARGEST_BLOCK) {
      if (!isSent(want, size)) return { fields: [presenceField(cid, true)] };
      const block = await this.options.blocks.get(cid);
      if (block) return { fields: blockField(cid, block), block };
    }
    return { fields: sendDontHave ? [presenceField(cid, false)] : [] };
  }

  private async send(peer: PeerId, answers: Uint8Array[][]): Promise<void> {
    const signal = AbortSignal.timeout(SEND_TIMEOUT_MS);
    const stream = await this.options.openStream(peer, signal);
    try {
      await stream.closeRead({ signal });
      for (const message of messagesOf(answers)) {
        for (const part of message) if (!stream.send(part)) await stream.onDrain({ signal });
      }
      await stream.close({ signal });
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }
}

function note(ledger: Ledger, { cid: bytes, cancel, wantType, sendDontHave }: Wantlist['entries'][number]): void {
  const cid = CID.decode(bytes);
  const key = Buffer.from(cid.multihash.bytes).toString('latin1');
  const haveOnly = wantType === 'WantHave';
  if (cancel === true) ledger.wants.delete(key);
  else if (!ledger.sending.has(key) && (ledger.wants.has(key) || ledger.wants.size < MOST_WANTS)) {
    const known = ledger.wants.get(key);
    ledger.wants.set(key, {
      cid,
      haveOnly: haveOnly && known?.haveOnly !== false,
      sendDontHave: sendDontHave === true,
    });
  }
}

function firstOf<K, V>(map: ReadonlyMap<K, V>, most: number): [K, V][] {
  const found: [K, V][] = [];
  for (const entry of map) {
    if (found.length >= most) break;
    found.push(entry);
  }
  return found;
}

/** Whether the answer is the block itself. */
function isSent(want: Want, size: number): boolean {
  return !want.haveOnly || size <= SMALL_BLOCK;
}

/** Small answers share a message, which is one piece; a large one has its own, whose bytes are not copied. */
function* messagesOf(answers: Uint8Array[][]): Generator<Uint8Array[]> {
  let together: Uint8Array[] = [];
  let bytes = 0;
  for (const fields of answers) {
    const length = fields.reduce((sum, field) => sum + field.length, 0);
    if (length > MESSAGE_BYTES) {
      yield framed(fields);
      continue;
    }
    together.push(...fields);
    bytes += length;
    if (bytes < MESSAGE_BYTES) continue;
    yield [Buffer.concat(framed(together))];
    [together, bytes] = [[], 0];
  }
  if (bytes > 0) yield [Buffer.concat(framed(together))];
}
