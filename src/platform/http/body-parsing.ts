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

/** A JSON body that is not complete by then is given up. */
const SMALL_BODY_MS = 30_000;
const FIRST_BYTES = 4 * 1024;

/** Types of uploads: octet-stream, CAR and raw block (IANA: application/vnd.ipld.car, .raw), multipart forms. */
const STREAM_TYPES = /^(application\/octet-stream|application\/vnd\.ipld\.(car|raw)|multipart\/)/i;

/**
 * JSON is parsed, with keys like `__proto__` refused; bodies of upload types, and all bodies below /content, stay
 * unread in `req.raw`; the rest is refused (415). A PUT below /content is a file whatever its type says, so JSON stays
 * unread there too, but where `@JsonLimit()` says that it is JSON. An empty body counts as none.
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
  const { config } = request.routeOptions;
  if (jsonLimitOf(config) !== null) return false;
  return wantsRawBody(config) || (request.method === 'PUT' && request.url.startsWith('/content/'));
}

function isEmpty(request: FastifyRequest): boolean {
  return request.headers['content-length'] === '0';
}

/**
 * One buffer that grows with what comes: parts of a byte would each keep their 64 KiB of the network alive.
 * @throws BodyTooLarge before more than `limit` bytes are kept, BodyTooSlow after 30 s
 */
async function readSmall(stream: Readable, limit: number): Promise<string> {
  let kept = Buffer.allocUnsafeSlow(FIRST_BYTES);
  let size = 0;
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => undefined);
  const deadline = setTimeout(() => late.reject(new BodyTooSlow()), SMALL_BODY_MS);
  // Not destroyed on a throw: that would take the socket along, and the answer with it.
  const parts = stream.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  try {
    for (;;) {
      const next = await Promise.race([parts.next(), late.promise]);
      if (next.done) break;
      const part = next.value;
      if (size + part.length > limit) throw new BodyTooLarge(limit);
      if (size + part.length > kept.length) {
        const larger = Buffer.allocUnsafeSlow(Math.min(limit, Math.max(2 * kept.length, size + part.length)));
        kept.copy(larger, 0, 0, size);
        kept = larger;
      }
      part.copy(kept, size);
      size += part.length;
    }
  } finally {
    clearTimeout(deadline);
    void parts.return?.();
  }
  return kept.toString('utf8', 0, size);
}

/** Shaped as Fastify's own errors, so that one rule answers them. */
class BodyTooLarge extends Error {
  readonly statusCode = 413;

  constructor(limit: number) {
    super(`JSON bodies may have at most ${limit} bytes`);
  }
}

class BodyTooSlow extends Error {
  readonly statusCode = 408;

  constructor() {
    super('the body did not come in time');
  }
}
