import type { FastifyInstance } from 'fastify';
import { checksumAlgorithms } from '../verbs/partial-uploads.js';
import { TUS_EXTENSIONS, TUS_VERSION } from './tus-headers.js';

/**
 * `OPTIONS /content/tus` says what is done here (tus 1.0, OPTIONS). CORS answers that method on every path; this adds
 * to its answer.
 * @param maxSize CONTENT_SIZE_LIMIT
 */
export function tellOptions(instance: FastifyInstance, maxSize: number): void {
  instance.addHook('onSend', (request, reply, payload, done) => {
    if (request.method === 'OPTIONS' && /^\/content\/tus(\/|\?|$)/.test(request.url))
      void reply.headers({
        'tus-resumable': TUS_VERSION,
        'tus-version': TUS_VERSION,
        'tus-extension': TUS_EXTENSIONS,
        'tus-max-size': String(maxSize),
        'tus-checksum-algorithm': checksumAlgorithms.join(','),
      });
    done(null, payload);
  });
}
