import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { DomainError, type Json } from '../../shared/index.js';
import { databaseFailure } from '../prisma/index.js';

/** What an HTTP caller is told of a failure. */
export interface ErrorAnswer {
  status: number;
  /** Stable, for programs. */
  reason: string;
  /** For people. */
  details: string;
  context?: Record<string, Json>;
  /** Rounded up to whole seconds, at least one, in the `retry-after` header (RFC 9110, 10.2.3). */
  retryAfterMs?: number | undefined;
  /** Nobody named this failure: it is logged with its stack, and the caller learns nothing of it. */
  unexpected: boolean;
}

/** Reasons of failures that the framework raises; Estuary's name where it has one. */
const REASONS: Record<number, string> = {
  400: 'ERR_BAD_REQUEST',
  401: 'ERR_INVALID_AUTH',
  403: 'ERR_NOT_AUTHORIZED',
  404: 'ERR_ROUTE_NOT_FOUND',
  405: 'ERR_METHOD_NOT_ALLOWED',
  408: 'ERR_REQUEST_TIMEOUT',
  409: 'ERR_CONFLICT',
  411: 'ERR_CONTENT_LENGTH_REQUIRED',
  413: 'ERR_CONTENT_SIZE_OVER_LIMIT',
  414: 'ERR_URI_TOO_LONG',
  415: 'ERR_UNSUPPORTED_CONTENT_TYPE',
  429: 'ERR_TOO_MANY_REQUESTS',
  431: 'ERR_HEADERS_TOO_LARGE',
  503: 'ERR_UNAVAILABLE',
  504: 'ERR_TIMEOUT',
};

/** What is not there now is asked for again no sooner than this. */
const RETRY_AFTER_MS = 2_000;

/**
 * The one table from failures to answers: a DomainError says its own; a database that does not answer is 503; Nest's
 * and Fastify's errors get a reason by their status; anything else is a 500 that tells the caller nothing but the
 * request's id.
 */
export function answerOf(given: unknown, requestId: string): ErrorAnswer {
  const error = given instanceof DomainError ? given : (databaseFailure(given) ?? given);
  if (error instanceof DomainError) {
    return {
      status: error.status,
      reason: error.code,
      details: error.message,
      context: error.details,
      retryAfterMs: error.retryAfterMs ?? (error.status === 503 ? RETRY_AFTER_MS : undefined),
      unexpected: error.status === 500,
    };
  }
  const status = statusOf(error);
  if (status >= 500 && !(error instanceof HttpException)) return internal(requestId);
  return {
    status,
    reason: REASONS[status] ?? (status >= 500 ? 'ERR_INTERNAL_SERVER' : 'ERR_BAD_REQUEST'),
    details: (error as Error).message,
    unexpected: status === 500,
  };
}

function internal(requestId: string): ErrorAnswer {
  return {
    status: 500,
    reason: 'ERR_INTERNAL_SERVER',
    details: `unexpected failure, request ${requestId}`,
    unexpected: true,
  };
}

/** Nest's exceptions and Fastify's errors carry their status; anything else is our fault. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return 500;
}

/** Estuary's body; the pinning specification's Failure has no `code` (Pinning Service API 1.0.0, schema Failure). */
export function errorBody(answer: ErrorAnswer, path: string): object {
  if (/^\/pinning([/?]|$)/.test(path)) return { error: { reason: answer.reason, details: answer.details } };
  const context = answer.context && Object.keys(answer.context).length > 0 ? { context: answer.context } : {};
  return { error: { code: answer.status, reason: answer.reason, details: answer.details, ...context } };
}

/** By the code of Node's parser error; everything else is NOT_HTTP. */
const UNREADABLE: Record<string, { status: number; reason: string; details: string }> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    reason: 'ERR_HEADERS_TOO_LARGE',
    details: 'the request line and headers may have at most 16 KiB',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, reason: 'ERR_REQUEST_TIMEOUT', details: 'the headers did not come in time' },
};
const NOT_HTTP = { status: 400, reason: 'ERR_BAD_REQUEST', details: 'this is not HTTP' };

/**
 * What Node's parser refuses before there is a request: nothing is known of its path, so the body is always Estuary's.
 * Writes the answer by hand and closes the connection, as Node asks of `clientError` listeners.
 */
export function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const { status, reason, details } = UNREADABLE[error.code ?? ''] ?? NOT_HTTP;
  const body = JSON.stringify({ error: { code: status, reason, details } });
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nContent-Type: application/json; charset=utf-8\r\n\r\n${body}`,
    );
  }
  socket.destroySoon();
}
