import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
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

  /** Download, check, put in place; the file of a failed attempt is removed. @throws FetchFailed */
  private async fromHolder(
    piece: WantedPiece,
    holder: PieceHolder,
    stats: TransferStats,
    signal: AbortSignal,
  ): Promise<void> {
    const url = await this.directory.httpUrlOf(holder.miner);
    if (url === null) throw new FetchFailed('unreachable', 'the miner has no HTTP endpoint');
    const folder = this.config.inData('retrieval');
    const file = path.join(folder, `${piece.carId}-${holder.miner}.car`);
    await mkdir(folder, { recursive: true });
    try {
      await this.download(piece, url, file, stats, signal);
      const { pieceCid, pieceSize } = await this.hasher.hash(file, signal);
      if (pieceCid !== piece.pieceCid || pieceSize !== piece.pieceSize)
        throw new FetchFailed('wrong-bytes', `what came is piece ${pieceCid} of ${pieceSize} bytes`);
      await this.files.putBack(piece.carId, file);
    } finally {
      await rm(file, { force: true });
    }
  }

  /** To disk as it comes, each block checked on the way; fsync at the end. @throws FetchFailed */
  private async download(
    piece: WantedPiece,
    url: string,
    file: string,
    stats: TransferStats,
    signal: AbortSignal,
  ): Promise<void> {
    const idleMs = this.config.values.RETRIEVAL_IDLE_SECONDS * 1000;
    const bytes = stats.count(
      this.fetcher.piece(url, piece.pieceCid, { offset: 0, length: piece.carBytes }, { signal, idleMs }),
    );
    const out = await open(file, 'w', 0o600);
    try {
      for await (const { cid, bytes: block } of readCar(writing(out, bytes))) {
        if (!hashMatches(cid, block))
          throw new FetchFailed('wrong-bytes', `the bytes of block ${cid.toString()} do not match its hash`);
      }
      await out.sync();
    } finally {
      await out.close();
    }
  }
}

/** Writes what passes by. */
async function* writing(out: FileHandle, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    await out.appendFile(chunk);
    yield chunk;
  }
}
