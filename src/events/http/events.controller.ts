import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentUser, type Caller } from '../../accounts/index.js';
import { parseInput, ZodPipe } from '../../platform/http/index.js';
import { PostgresAccountEventStore } from '../store/postgres-account-event.store.js';
import type { EventSink } from '../verbs/event-stream.js';
import { EventStreams } from '../verbs/event-streams.js';
import { lastEventId, pageQuery, streamQuery, type PageQuery, type StreamQuery } from './events.dto.js';
import { presentEvent } from './events.presenter.js';

/** What happened to an account's things. Of the caller alone, also for admins. */
@ApiTags('events')
@ApiBearerAuth()
@Controller()
export class EventsController {
  constructor(
    private readonly streams: EventStreams,
    private readonly store: PostgresAccountEventStore,
  ) {}

  /**
   * Server-sent events (HTML, 9.2). From behind `Last-Event-ID`, else behind `after`, else from now on. Ends when the
   * key does, when its reader is too slow, and with the process: clients come back with the last id.
   * @throws InvalidInput, TooManyStreams
   */
  @Get('events')
  @ApiOperation({
    summary: 'Your events as they happen, as server-sent events',
    description:
      'Each has `id`, its type in `event`, and in `data` the JSON `{id, type, at, data}`. Ids only grow: come back with ' +
      'the last one in `Last-Event-ID` (browsers do) or `?after=`, and nothing is missed or shown twice.',
  })
  @ApiHeader({ name: 'last-event-id', required: false })
  @ApiResponse({
    status: 200,
    description: 'A stream that does not end',
    content: { 'text/event-stream': { schema: { type: 'string', format: 'event-stream' } } },
  })
  async stream(
    @CurrentUser() caller: Caller,
    @Query(new ZodPipe(streamQuery)) { after, types }: StreamQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const last = request.headers['last-event-id'];
    const from = last === undefined || last === '' ? after : parseInput(lastEventId, last);
    this.streams.assertRoom(caller.userId);
    reply.hijack();
    reply.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies that gather would show nothing for minutes.
      'x-accel-buffering': 'no',
    });
    if (request.method === 'HEAD') {
      reply.raw.end();
      return;
    }
    reply.raw.flushHeaders();
    await this.streams
      .open(
        { userId: caller.userId, keyId: caller.keyId, after: from ?? null, types: types ?? null },
        sinkOf(reply.raw),
      )
      // The head has left: only the end of the stream tells the client to come back.
      .catch(() => void reply.raw.destroy());
  }

  /** The same as a list, newest first. @throws InvalidInput */
  @Get('user/events')
  @ApiOperation({
    summary: 'Your events, newest first',
    description: 'The next page: `before` = the last id of this one.',
  })
  async list(@CurrentUser() caller: Caller, @Query(new ZodPipe(pageQuery)) { limit, before, types }: PageQuery) {
    return (await this.store.newest(caller.userId, before ?? null, types ?? null, limit)).map(presentEvent);
  }
}

function sinkOf(response: ServerResponse): EventSink {
  return {
    write: (text) => response.write(text),
    drained: async (signal) => {
      if (response.writableNeedDrain) await once(response, 'drain', { signal });
    },
    end: () => {
      // Who does not read would not see the end either, and keeps what waits for them.
      if (response.writableNeedDrain) response.destroy();
      else response.end();
    },
    onClose: (call) => {
      if (response.closed) call();
      else response.once('close', call);
    },
  };
}
