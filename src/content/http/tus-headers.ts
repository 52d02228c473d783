import type { FastifyRequest } from 'fastify';
import { InvalidInput } from '../../platform/http/index.js';
import { TusVersionRefused } from '../domain/content.errors.js';
import { checksumAlgorithms, type Checksum } from '../verbs/partial-uploads.js';

/** Headers of tus 1.0 (https://tus.io/protocols/resumable-upload), read and refused. */
export const TUS_VERSION = '1.0.0';
/** What is done beyond the core. */
export const TUS_EXTENSIONS = 'creation,creation-with-upload,termination,expiration,checksum,concatenation';
/** Type of every body that brings bytes. */
export const OFFSET_TYPE = 'application/offset+octet-stream';

/** Parts of one upload, at most. */
const MOST_PARTS = 1_000;
const MOST_METADATA_KEYS = 64;

/** @throws TusVersionRefused */
export function assertTus({ headers }: FastifyRequest): void {
  if (headers['tus-resumable'] !== TUS_VERSION)
    throw new TusVersionRefused(`tus-resumable: ${TUS_VERSION} is expected`);
}

/** A number of bytes that has to be there. @throws InvalidInput */
export function bytesIn({ headers }: FastifyRequest, name: 'upload-length' | 'upload-offset'): number {
  const text = headers[name];
  const bytes = typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(bytes))
    throw new InvalidInput(`${name}: a number of bytes is expected`, { details: { fields: [name] } });
  return bytes;
}

/**
 * `Upload-Metadata` by its keys: `filename aGVsbG8=,is_private`. A key without a value is empty text.
 * @throws InvalidInput
 */
export function metadataIn({ headers }: FastifyRequest): { text: string | null; fields: Record<string, string> } {
  const text = headers['upload-metadata'];
  if (typeof text !== 'string' || text.trim() === '') return { text: null, fields: {} };
  const fields = new Map<string, string>();
  for (const pair of text.split(',')) {
    const [key = '', value = '', ...more] = pair.trim().split(' ');
    if (key === '' || more.length > 0 || fields.has(key) || !/^[A-Za-z0-9+/]*={0,2}$/.test(value))
      throw new InvalidInput('upload-metadata: keys, each once, with values in base64 are expected', {
        details: { fields: ['upload-metadata'] },
      });
    fields.set(key, Buffer.from(value, 'base64').toString('utf8'));
  }
  if (fields.size > MOST_METADATA_KEYS) throw new InvalidInput(`upload-metadata: at most ${MOST_METADATA_KEYS} keys`);
  return { text, fields: Object.fromEntries(fields) };
}

/** `Upload-Concat`: a part, what is made of parts (their ids), or null where it is not said. @throws InvalidInput */
export function concatIn({ headers }: FastifyRequest): 'partial' | readonly string[] | null {
  const text = headers['upload-concat'];
  if (text === undefined) return null;
  if (text === 'partial') return 'partial';
  const parts = typeof text === 'string' && text.startsWith('final;') ? text.slice('final;'.length).trim() : '';
  const ids = parts.split(/ +/).map((url) => url.replace(/\/+$/, '').split('/').at(-1) ?? '');
  if (parts === '' || ids.length > MOST_PARTS)
    throw new InvalidInput(
      `upload-concat: partial, or final; and the URLs of at most ${MOST_PARTS} parts is expected`,
      {
        details: { fields: ['upload-concat'] },
      },
    );
  return ids;
}

/** `Upload-Checksum: sha1 <base64>`. @throws InvalidInput */
export function checksumIn({ headers }: FastifyRequest): Checksum | undefined {
  const text = headers['upload-checksum'];
  if (text === undefined) return undefined;
  const [name, digest = ''] = String(text).split(' ');
  const algorithm = checksumAlgorithms.find((known) => known === name);
  if (!algorithm || digest === '')
    throw new InvalidInput(
      `upload-checksum: one of ${checksumAlgorithms.join(', ')} and a digest in base64 is expected`,
      {
        details: { fields: ['upload-checksum'] },
      },
    );
  return { algorithm, digest: Buffer.from(digest, 'base64') };
}
