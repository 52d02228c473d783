import { Injectable } from '@nestjs/common';
import { hashMatches } from '../../ipld/index.js';
import { AppConfig } from '../../config/index.js';
import { CarFiles } from '../../storage/index.js';
import { PieceHasher, type PieceHolder, PieceSource, type WantedPiece } from '../../deals/index.js';
import { messageOf } from '../../shared/index.js';
import { readCar } from '../domain/car-stream.js';
import { FetchFailed, PieceUnavailable } from '../domain/retrieval.errors.js';
import type { AttemptReport } from '../domain/retrieval.js';
import { MinerFetcher } from '../ports/miner-fetcher.port.js';
import { PostgresRetrievalStore } from '../store/postgres-retrieval.store.js';
import { TransferStats } from './dag-session.js';
import { HolderDirectory } from './holder-directory.js';

/**
 * Fetches the CAR of a piece from a miner that holds it. Every section is checked on the way, so that a lie is noticed
 * at its first block; then commP over the whole, which alone proves that these are the sealed bytes. Each try is
 * measured like any retrieval.
 */
@Injectable()
export class RetrievePiece extends PieceSource {
  constructor(
    private readonly fetcher: MinerFetcher,
    private readonly directory: HolderDirectory,
    private readonly hasher: PieceHasher,
    private readonly files: CarFiles,
    private readonly store: PostgresRetrievalStore,
    private readonly config: AppConfig,
  ) {
    super();
  }

  /**
   * See PieceSource: idempotent.
   * @throws PieceUnavailable with the reason of each holder; the signal's reason.
   */
  async retrieve(piece: WantedPiece, signal: AbortSignal = new AbortController().signal): Promise<void> {
    if ((await this.files.sizeOf(piece.carId)) === piece.carBytes) return;
    const reasons: Record<string, string> = {};
    for (const holder of piece.holders) {
      const stats = new TransferStats(piece.carBytes);
      let failure: FetchFailed | null = null;
      try {
        await this.fromHolder(piece, holder, stats, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof FetchFailed)) throw error;
        failure = error;
        reasons[holder.miner] = `${error.reason}: ${error.message}`;
      }
      await this.measure(piece, holder, stats, failure);
      if (failure === null) return;
    }
    throw new PieceUnavailable(
      `piece ${piece.pieceCid} could not be retrieved from any of its ${piece.holders.length} holders`,
      { details: { reasons } },
    );
  }

  private async measure(
    { root }: WantedPiece,
    { miner }: PieceHolder,
    { bytes, firstByteMs, durationMs }: TransferStats,
    failure: FetchFailed | null,
  ): Promise<void> {
    const source = 'http-piece';
    const report: AttemptReport | null = failure && {
      miner,
      source,
      phase: bytes > 0 ? 'retrieval' : 'query',
      reason: failure.reason,
      message: messageOf(failure),
    };
    await this.store.pieceAttempted(root, {
      miner,
      source,
      ok: failure === null,
      report,
      firstByteMs,
      durationMs,
      bytes,
    });
  }

  /** Straight into storage, checked on the way: what is not the piece leaves nothing behind. @throws FetchFailed */
  private async fromHolder(
    piece: WantedPiece,
    holder: PieceHolder,
    stats: TransferStats,
    signal: AbortSignal,
  ): Promise<void> {
    const url = await this.directory.httpUrlOf(holder.miner);
    if (url === null) throw new FetchFailed('unreachable', 'the miner has no HTTP endpoint');
    const idleMs = this.config.values.RETRIEVAL_IDLE_SECONDS * 1000;
    const range = { offset: 0, length: piece.carBytes };
    const bytes = stats.count(this.fetcher.piece(url, piece.pieceCid, range, { signal, idleMs }));
    await this.files.putBack(piece.carId, this.verified(piece, withCheckedBlocks(bytes), signal));
  }

  /** Hands the bytes on, and fails at their end when they are not the piece. @throws FetchFailed */
  private async *verified(
    piece: WantedPiece,
    bytes: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const hashing = this.hasher.start(signal);
    try {
      for await (const chunk of bytes) {
        await hashing.write(chunk);
        yield chunk;
      }
      const { pieceCid, pieceSize } = await hashing.digest();
      if (pieceCid !== piece.pieceCid || pieceSize !== piece.pieceSize)
        throw new FetchFailed('wrong-bytes', `what came is piece ${pieceCid} of ${pieceSize} bytes`);
    } finally {
      hashing.abandon();
    }
  }
}

/** Hands the bytes of a CAR on, each once the blocks that it begins were checked. @throws FetchFailed */
async function* withCheckedBlocks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const passed: Uint8Array[] = [];
  for await (const { cid, bytes } of readCar(keeping(passed, source))) {
    if (!hashMatches(cid, bytes))
      throw new FetchFailed('wrong-bytes', `the bytes of block ${cid.toString()} do not match its hash`);
    yield* passed.splice(0);
  }
  yield* passed.splice(0);
}

/** Puts aside what passes by. */
async function* keeping(passed: Uint8Array[], source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    passed.push(chunk);
    yield chunk;
  }
}
