import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import type { Step } from '../domain/ladder.js';
import { FetchFailed } from '../domain/retrieval.errors.js';
import { type FetchLimits, MinerFetcher } from '../ports/miner-fetcher.port.js';
import { NodeRetriever } from '../ports/node-retriever.port.js';
import type { Hold } from '../ports/retrieval-store.port.js';
import type { DagSession, Receipt } from './dag-session.js';

const READ_BYTES = 1024 * 1024;

/** One rung of the ladder: opens the source and hands its bytes to the session, which verifies them. */
@Injectable()
export class OpenSource {
  constructor(
    private readonly fetcher: MinerFetcher,
    private readonly node: NodeRetriever,
    private readonly config: AppConfig,
  ) {}

  /** @throws FetchFailed; what the session throws; the signal's reason. */
  async run(
    step: Step,
    hold: Hold,
    session: DagSession,
    receipt: Receipt,
    last: boolean,
    limits: FetchLimits,
  ): Promise<void> {
    switch (step.source) {
      case 'http-car':
        return session.takeCar(receipt.count(this.fetcher.car(urlOf(step), hold.root, limits)));
      case 'http-piece':
        return session.takeStretch(receipt.count(this.stretch(step, limits)), last);
      case 'lotus':
        return this.throughNode(step, hold, session, receipt, limits.signal);
    }
  }

  private stretch(step: Step, limits: FetchLimits): AsyncIterable<Uint8Array> {
    const { part } = step;
    if (!part?.pieceCid) throw new FetchFailed('not-held', 'its piece has no commitment yet');
    return this.fetcher.piece(urlOf(step), part.pieceCid, { offset: part.offset, length: part.length }, limits);
  }

  private async throughNode(
    step: Step,
    hold: Hold,
    session: DagSession,
    receipt: Receipt,
    signal: AbortSignal,
  ): Promise<void> {
    const folder = this.config.inData('retrieval');
    const file = path.join(folder, `${hold.id}-${hold.attempt}-${step.holder.miner}.car`);
    await mkdir(folder, { recursive: true });
    try {
      await this.node.retrieve(
        { root: hold.root, pieceCid: step.part?.pieceCid ?? null, miner: step.holder.miner },
        file,
        signal,
      );
      await session.takeCar(receipt.count(createReadStream(file, { highWaterMark: READ_BYTES, signal })));
    } finally {
      await rm(file, { force: true });
    }
  }
}

function urlOf(step: Step): string {
  if (step.holder.httpUrl === null) throw new FetchFailed('unreachable', 'the miner has no HTTP endpoint');
  return step.holder.httpUrl;
}
