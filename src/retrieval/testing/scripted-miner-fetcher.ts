import type { CID } from 'multiformats/cid';
import { FetchFailed, type FetchReason } from '../domain/retrieval.errors.js';
import { type FetchLimits, MinerFetcher, type PieceRange } from '../ports/miner-fetcher.port.js';
import { carHeaderOf } from '../../ipld/index.js';
import { type BuiltBlock, type BuiltDag, sectionOf } from './dag-builder.js';

export type MinerScript =
  | { does: 'serve' }
  | { does: 'fail'; reason: FetchReason }
  /** Sends so many blocks, then one with a wrong byte. */
  | { does: 'lie'; after: number }
  /** Sends so many blocks, then the stream ends. */
  | { does: 'cut'; after: number }
  /** Sends so many blocks, then waits until it is let go on. */
  | { does: 'pause'; after: number; until: Promise<void> };

/** Miners that do what the test says; each base URL is one. Plays the port in memory. */
export class ScriptedMinerFetcher extends MinerFetcher {
  readonly asked: string[] = [];
  private readonly dags = new Map<string, BuiltDag>();
  private readonly pieces = new Map<string, Uint8Array>();
  private readonly scripts = new Map<string, MinerScript>();

  holds(dag: BuiltDag): this {
    this.dags.set(dag.root.toString(), dag);
    return this;
  }

  holdsPiece(pieceCid: string, bytes: Uint8Array): this {
    this.pieces.set(pieceCid, bytes);
    return this;
  }

  script(baseUrl: string, script: MinerScript): this {
    this.scripts.set(baseUrl, script);
    return this;
  }

  async *car(baseUrl: string, root: string, limits: FetchLimits): AsyncGenerator<Uint8Array> {
    this.asked.push(`${baseUrl} car`);
    const dag = this.dags.get(root);
    const script = this.scripts.get(baseUrl) ?? { does: 'serve' };
    if (script.does === 'fail') throw new FetchFailed(script.reason, `scripted: ${script.reason}`);
    if (!dag) throw new FetchFailed('not-held', 'it does not have it');
    yield* play(dag.root, dag.blocks, script, limits.signal);
  }

  async *piece(baseUrl: string, pieceCid: string, { offset, length }: PieceRange): AsyncGenerator<Uint8Array> {
    this.asked.push(`${baseUrl} piece`);
    const bytes = this.pieces.get(pieceCid);
    const script = this.scripts.get(`${baseUrl}/piece`) ?? { does: 'serve' };
    if (!bytes) throw new FetchFailed('not-held', 'it does not have it');
    if (script.does === 'fail') throw new FetchFailed(script.reason, `scripted: ${script.reason}`);
    const part = Uint8Array.from(bytes.subarray(offset, offset + length));
    if (script.does === 'lie') part[Math.min(part.length - 1, script.after)]! ^= 0xff;
    yield part;
  }
}

async function* play(
  root: CID,
  blocks: readonly BuiltBlock[],
  script: MinerScript,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  yield carHeaderOf([root]);
  for (const [index, block] of blocks.entries()) {
    if (script.does !== 'serve' && script.does !== 'fail' && index === script.after) {
      if (script.does === 'cut') throw new FetchFailed('truncated', 'scripted: the connection broke off');
      if (script.does === 'lie')
        yield sectionOf({ cid: block.cid, bytes: Uint8Array.from(block.bytes, (byte) => byte ^ 0xff) });
      if (script.does === 'pause') await script.until;
    }
    signal.throwIfAborted();
    yield sectionOf(block);
  }
}
