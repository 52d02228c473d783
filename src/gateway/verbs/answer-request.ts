import { Injectable } from '@nestjs/common';
import { canonicalCid } from '../../shared/index.js';
import { type AnswerContext, type GatewayAnswer, SANDBOX } from '../domain/answer.js';
import { blockAnswer, carAnswer, codecAnswer } from '../domain/block-answers.js';
import { hostOfRoot } from '../domain/gateway-host.js';
import {
  answerFormat,
  type AnswerFormat,
  type GatewayPath,
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
    const elsewhere = format.kind === 'unixfs' ? atOwnHost(request, path) : null;
    if (elsewhere) return elsewhere;
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

/** A page that is asked for at the gateway host is shown at the host of its root; null: it is shown here. */
function atOwnHost({ pageHost }: GatewayRequest, path: GatewayPath): GatewayAnswer | null {
  const host = pageHost === null ? null : hostOfRoot(path.root, pageHost);
  if (host === null) return null;
  const rest = path.contentPath.split('/').slice(3).join('/');
  const headers = { ...SANDBOX, location: `//${host}/${rest}${path.rawQuery}`, 'x-content-type-options': 'nosniff' };
  return { status: 301, headers, body: null, length: null, root: canonicalCid(path.root) };
}
