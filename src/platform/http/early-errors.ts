import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerOf, errorBody } from './error-answer.js';

/** What the router refuses before any route is found, in the one shape: a path that cannot be decoded (400), a parameter too long (414). */
export function refuseEarly(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const answer = answerOf(error, request.id);
  void reply
    .code(answer.status)
    .header('content-type', 'application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(
      JSON.stringify(
        errorBody(
          {
            ...answer,
            details: answer.status === 414 ? 'a part of the path is too long' : 'the path cannot be decoded',
          },
          request.url,
        ),
      ),
    );
}

const UNREADABLE: Record<string, { status: number; reason: string; details: string }> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    reason: 'ERR_HEADERS_TOO_LARGE',
    details: 'the request line and headers may have at most 16 KiB',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, reason: 'ERR_REQUEST_TIMEOUT', details: 'the headers did not come in time' },
};
const NOT_HTTP = { status: 400, reason: 'ERR_BAD_REQUEST', details: 'this is not HTTP' };

/** What Node's parser refuses before there is a request: nothing is known of its path. */
export function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const { status, reason, details } = UNREADABLE[error.code ?? ''] ?? NOT_HTTP;
  const body = JSON.stringify({ error: { code: status, reason, details } });
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\nContent-Type: application/json; charset=utf-8\r\n\r\n${body}`,
    );
  }
  socket.destroySoon();
}
