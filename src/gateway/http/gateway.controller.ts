import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { canonicalCid, parseCid } from '../../shared/index.js';
import { isGatewayHost, rootInHost } from '../domain/gateway-host.js';
import { InvalidCid, InvalidRequest, RangeNotSatisfiable } from '../domain/gateway.errors.js';
import { GatewayMemory } from '../domain/request-blocks.js';
import { AnswerRequest } from '../verbs/answer-request.js';
import { SendAnswer } from './send-answer.js';

/** Content out: the path gateway and the trustless gateway. Open to everybody. */
@ApiTags('gateway')
@Public()
@Controller()
export class GatewayController {
  constructor(
    private readonly answerRequest: AnswerRequest,
    private readonly sendAnswer: SendAnswer,
    private readonly memory: GatewayMemory,
    private readonly config: AppConfig,
  ) {}

  @Get(['ipfs/*', 'gw/ipfs/*'])
  @ApiOperation({
    summary:
      'A file, a directory, a block (?format=raw) or a CAR (?format=car) by CID and path. ' +
      'What is not on this node is retrieved from a miner first.',
  })
  /**
   * The answer is written to the socket by hand, so that backpressure reaches the blocks; errors before its head go
   * the usual way.
   */
  @ApiProduces('application/octet-stream', 'text/html', 'application/vnd.ipld.raw', 'application/vnd.ipld.car')
  @ApiResponse({ status: 200, description: 'The bytes' })
  @ApiResponse({ status: 206, description: 'The range asked for' })
  @ApiResponse({ status: 404, description: 'This node does not know the CID, or the path leads nowhere' })
  @ApiResponse({ status: 504, description: 'No miner gave it back; the reason of each is in the body' })
  async serve(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort(new Error('the reader went away')));
    const { headers } = request;
    const { GATEWAY_HOST } = this.config.values;
    // A worker script with a whole CID as its scope could take over every other site below it.
    if (headers['service-worker'] === 'script' && /^\/(gw\/)?ipfs\/[^/]+\/?$/.test(request.url.split('?')[0] ?? ''))
      throw new InvalidRequest('service workers cannot be registered for a bare CID');
    const reader = this.memory.readers.open();
    try {
      const answer = await this.answerRequest.run(
        {
          url: request.url,
          accept: headers.accept,
          range: headers.range,
          cacheControl: headers['cache-control'],
          ifNoneMatch: headers['if-none-match'],
          ifRange: typeof headers['if-range'] === 'string' ? headers['if-range'] : undefined,
          hasOwnOrigin: rootInHost(headers.host, GATEWAY_HOST) !== null,
          pageHost: isGatewayHost(headers.host, GATEWAY_HOST) ? (GATEWAY_HOST ?? null) : null,
        },
        reader,
        gone.signal,
      );
      await this.sendAnswer.run(reply, answer, request.method === 'HEAD', reader, gone.signal);
    } catch (error) {
      if (gone.signal.aborted) return;
      if (error instanceof RangeNotSatisfiable) void reply.header('content-range', `bytes */${error.size}`);
      throw error;
    } finally {
      reader.close();
    }
  }

  /** Estuary's `GET /get/:cid`. Whether the content exists is not looked at. @throws InvalidCid */
  @Get('get/:cid')
  @ApiOperation({ summary: 'Redirects to the gateway (Estuary)' })
  @ApiResponse({ status: 307, description: 'To /gw/ipfs/<CIDv1>' })
  redirect(@Param('cid') text: string, @Res() reply: FastifyReply): void {
    const cid = parseCid(text);
    if (!cid) throw new InvalidCid(`'${text.slice(0, 100)}' is not a CID`);
    void reply.redirect(`/gw/ipfs/${canonicalCid(cid)}`, 307);
  }
}
