import { Injectable } from '@nestjs/common';
import { canonicalCid } from '../../shared/index.js';
import type { AnswerContext, GatewayAnswer } from '../domain/answer.js';
import { blockAnswer, carAnswer, codecAnswer } from '../domain/block-answers.js';
import {
  answerFormat,
  type AnswerFormat,
  type GatewayRequest,
  onlyIfCached,
  parseGatewayPath,
} from '../domain/gateway-request.js';
import type { ReaderMemory } from '../domain/read-memory.js';
import { resolvePath } from '../domain/resolve-path.js';
import { unixfsAnswer } from '../domain/unixfs-answers.js';
import { OpenBlocks } from './open-blocks.js';

/**
 * One request to the path gateway or the trustless gateway (https://specs.ipfs.tech/http-gateways/): what to send,
 * before a byte is sent.
 */
@Injectable()
export class AnswerRequest {
  constructor(private readonly openBlocks: OpenBlocks) {}

  /**
   * The body reads its blocks as it is read. The signal is the client's: it ends all waiting and reading. `memory`: what
   * this reader holds of that of all.
   */
  async run(request: GatewayRequest, memory: ReaderMemory, signal: AbortSignal): Promise<GatewayAnswer> {
    const path = parseGatewayPath(request.url, request.hasOwnOrigin);
    const query = new URLSearchParams(path.rawQuery);
    const format = answerFormat(query, request.accept);
    const blocks = this.openBlocks.run(path.root, memory, signal, onlyIfCached(request));
    const target = await resolvePath(blocks, path.root, path.segments);
    const context = { request, path, query, blocks, target, root: canonicalCid(path.root) };
    const answer = await answerIn(format, context);
    return { ...answer, body: answer.body && blocks.counted(answer.body) };
  }
}

function answerIn(format: AnswerFormat, context: AnswerContext): GatewayAnswer | Promise<GatewayAnswer> {
  switch (format.kind) {
    case 'raw':
      return blockAnswer(context, format.negotiated);
    case 'car':
      return carAnswer(context, format.scope, format.negotiated);
    case 'codec':
      return codecAnswer(context, format.codec, format.negotiated);
    case 'unixfs':
      return unixfsAnswer(context);
  }
}
