import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { UnsupportedMediaTypeException } from '@nestjs/common';
import { InvalidInput } from './http.errors.js';
import { jsonLimitOf, wantsRawBody } from './route-decorators.js';

/**
 * Bytes. JSON bodies are small; everything large is a stream that the route reads by itself. `@JsonLimit()` changes it
 * for one route.
 */
export const JSON_BODY_LIMIT = 2 * 1024 * 1024;

/** Types of uploads: octet-stream, CAR and raw block (IANA: application/vnd.ipld.car, .raw), multipart forms. */
const STREAM_TYPES = /^(application\/octet-stream|application\/vnd\.ipld\.(car|raw)|multipart\/)/i;

/**
 * JSON is parsed, with keys like `__proto__` refused; bodies of upload types, and all bodies below /content, stay
 * unread in `req.raw`; the rest is refused (415). A PUT below /content is a file whatever its type says, so JSON stays
 * unread there too. An empty body counts as none.
 */
export function registerBodyParsers(instance: FastifyInstance): void {
  const parseJson = instance.getDefaultJsonParser('error', 'error');
  instance.removeAllContentTypeParsers();

  instance.addContentTypeParser(/^application\/([^;]+\+)?json/, async (request: FastifyRequest, stream: Readable) => {
    if (isUpload(request)) return undefined;
    const text = await readSmall(stream, jsonLimitOf(request.routeOptions.config) ?? JSON_BODY_LIMIT);
    if (text === '') return undefined;
    return await new Promise((resolve, reject) => {
      void parseJson(request, text, (error: Error | null, value?: unknown) =>
        error ? reject(new InvalidInput('the body is not valid JSON')) : resolve(value),
      );
    });
  });

  instance.addContentTypeParser('*', (request, _stream, done) => {
    const type = request.headers['content-type'] ?? '';
    if (isEmpty(request) || isUpload(request) || STREAM_TYPES.test(type) || request.url.startsWith('/content/'))
      done(null, undefined);
    else done(new UnsupportedMediaTypeException('this route takes application/json'), undefined);
  });
}

/**
 * The JSON that a client sent along with a GET, which HTTP neither forbids nor gives a meaning (RFC 9110, 9.3.1);
 * undefined when there is none. @throws InvalidInput when it is no JSON, 413 when it is longer than `limit` bytes.
 */
export async function jsonOfGet(request: FastifyRequest, limit = JSON_BODY_LIMIT): Promise<unknown> {
  const text = await readSmall(request.raw, limit);
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInput('the body is not valid JSON');
  }
}

function isUpload(request: FastifyRequest): boolean {
  return wantsRawBody(request.routeOptions.config) || (request.method === 'PUT' && request.url.startsWith('/content/'));
}

function isEmpty(request: FastifyRequest): boolean {
  return request.headers['content-length'] === '0';
}

/** @throws BodyTooLarge after at most one chunk more than `limit` bytes: never the whole of a large body in memory. */
async function readSmall(stream: Readable, limit: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  // Not destroyed on a throw: that would take the socket along, and the answer with it.
  for await (const part of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > limit) throw new BodyTooLarge(limit);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Shaped as Fastify's own error, so that one rule answers both. */
class BodyTooLarge extends Error {
  readonly statusCode = 413;

  constructor(limit: number) {
    super(`JSON bodies may have at most ${limit} bytes`);
  }
}
