import { PassThrough, Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { InvalidInput, SmallParts } from '../../platform/http/index.js';
import { messageOf } from '../../shared/index.js';
import { limitPartHeaders, PARSED_HEADERS } from './part-headers.js';

/** Read ahead of the consumer by this much, then the socket waits. */
const READ_AHEAD_BYTES = 1024 * 1024;
/** The same for a form, whose file has its own. */
const FORM_AHEAD_BYTES = 64 * 1024;
/** Of a form. */
const LIMITS = {
  files: 16,
  fields: 64,
  parts: 96,
  fieldSize: 64 * 1024,
  /** Characters. The parser knows this limit by name and does not keep it. */
  fieldNameSize: 256,
  ...PARSED_HEADERS,
};

/**
 * A request's body, buffer by buffer as the parser made them: the stream's own iterator would join what has gathered,
 * at a copy. Small parts alone are joined, and wait for each other or the end: whoever gathers a block out of them
 * would hold hundreds of times its bytes. When the consumer stops, the connection stays: the answer still has to go out
 * on it.
 */
export async function* bodySource(
  request: IncomingMessage,
  aheadBytes = READ_AHEAD_BYTES,
): AsyncGenerator<Uint8Array, void, undefined> {
  const queue: Buffer[] = [];
  const small = new SmallParts();
  let queued = 0;
  let end: 'complete' | Error | undefined;
  let wake: (() => void) | undefined;
  const onData = (data: Buffer): void => {
    for (const part of small.add(data)) {
      queue.push(part);
      queued += part.length;
    }
    if (queued > aheadBytes) request.pause();
    wake?.();
  };
  const finish = (how: 'complete' | Error) => (): void => {
    end ??= how;
    wake?.();
  };
  const onEnd = finish('complete');
  const onBroken = finish(new Error('the connection ended before the body did'));
  request.on('data', onData).on('end', onEnd).on('error', onBroken).on('aborted', onBroken).on('close', onBroken);
  try {
    for (;;) {
      const next = queue.shift();
      const last = next === undefined && end !== undefined ? small.take() : null;
      if (next) {
        queued -= next.length;
        if (queued <= aheadBytes / 2 && request.isPaused()) request.resume();
        yield next;
      } else if (last) yield last;
      else if (end === 'complete') return;
      else if (end) throw end;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    request.off('data', onData).off('end', onEnd).off('aborted', onBroken).off('close', onBroken);
    // What still comes is let run into nothing: a client that cannot get rid of its bytes does not read our refusal.
    // The error filter ends it in time.
    if (!request.complete) request.resume();
  }
}

/** A multipart form, read up to the first byte of its file. */
export interface UploadForm {
  /** The file's bytes; ends only when the whole form was read, so that `fields` is complete then. */
  file: AsyncIterable<Uint8Array>;
  filename: string | undefined;
  /** Text fields, those after the file included once it has ended. */
  fields: Record<string, string>;
}

/**
 * Reads a multipart form with one file in the field `data`, as it comes in: resolves at the file's first byte.
 * @throws InvalidInput for a form that is none, or has no file in `data`; while the file is read, for a second one: a
 * form is one content
 */
export async function readUploadForm(request: IncomingMessage): Promise<UploadForm> {
  const fields: Record<string, string> = {};
  let parser: BusboyInstance;
  try {
    parser = new Busboy({ headers: request.headers as BusboyHeaders, limits: LIMITS });
  } catch (error) {
    throw new InvalidInput(`multipart/form-data with a boundary is expected: ${messageOf(error)}`, { cause: error });
  }
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  ended.catch(() => undefined);
  parser.once('finish', resolve);
  // Not once: what is broken may say so several times.
  parser.on('error', (error: unknown) => reject(broken(error)));
  parser.on('field', (name, value, _nameIsCut, valueIsCut) => {
    if (valueIsCut) reject(tooLong(name));
    if (isTooLongName(name)) reject(tooLongName());
    else fields[name] = value;
  });
  // Before the first byte of the form.
  let refused: InvalidInput | undefined;
  limitPartHeaders(parser, (limit) => {
    refused = tooMany(limit);
    reject(refused);
  });
  const found = firstFile(parser, reject);
  for (const [event, limit] of LIMIT_EVENTS) parser.once(event, () => reject(tooMany(limit)));
  const body = Readable.from(bodySource(request, FORM_AHEAD_BYTES), { objectMode: false });
  body.on('error', reject);
  // Whatever ends the form ends the reading of it; what still comes is dropped.
  ended.catch(() => body.destroy());
  body.pipe(parser);
  // Of both, what came first: a refusal before the file.
  const part = await Promise.race([ended.then(() => null), found.then((file) => file)]);
  // The file itself may be what is refused.
  if (refused) throw refused;
  if (!part) throw new InvalidInput('data: a file is expected in this field', { details: { fields: ['data'] } });
  return { file: untilEnd(part.stream, ended), filename: part.filename, fields };
}

/** What there may be too much of, and what is said then. */
const LIMIT_EVENTS = [
  ['filesLimit', `${LIMITS.files} files, one of them in data`],
  ['fieldsLimit', `${LIMITS.fields} fields`],
  ['partsLimit', `${LIMITS.parts} parts`],
] as const;

function tooMany(limit: string): InvalidInput {
  return new InvalidInput(`a form may have at most ${limit}`);
}

function tooLong(field: string): InvalidInput {
  return new InvalidInput(`${field.slice(0, 50)}: at most ${LIMITS.fieldSize} bytes are read of a field`);
}

/** Characters, as the parser gives them. */
function isTooLongName(field: string): boolean {
  return field.length > LIMITS.fieldNameSize;
}

function tooLongName(): InvalidInput {
  return new InvalidInput(`the name of a field has at most ${LIMITS.fieldNameSize} characters`);
}

/** The file in `data`; what is in other file fields is read and dropped. */
function firstFile(
  parser: BusboyInstance,
  refuse: (error: InvalidInput) => void,
): Promise<{ stream: Readable; filename: string | undefined }> {
  return new Promise((resolve) => {
    let found = false;
    parser.on('file', (field, stream, filename) => {
      if (field === 'data' && !found) {
        found = true;
        resolve({ stream: readAhead(stream), filename });
        return;
      }
      stream.on('error', () => undefined).resume();
      if (field === 'data')
        refuse(
          new InvalidInput('data: one file is expected, and there are several; send each in a form of its own', {
            details: { fields: ['data'] },
          }),
        );
    });
  });
}

/** The parser stops at its own file's end only when that was read; a torn part ends in a named failure. */
function readAhead(part: Readable): Readable {
  const ahead = new PassThrough({ highWaterMark: READ_AHEAD_BYTES });
  part.on('error', (error) => ahead.destroy(broken(error)));
  // A short form is torn before anybody reads it; who reads then is told all the same.
  ahead.on('error', () => undefined);
  return part.pipe(ahead);
}

function broken(error: unknown): InvalidInput {
  return new InvalidInput(`the form is broken: ${messageOf(error)}`, { cause: error });
}

async function* untilEnd(stream: Readable, ended: Promise<void>): AsyncGenerator<Uint8Array> {
  // Whatever ends the form ends the file.
  ended.catch((error: Error) => stream.destroy(error));
  for await (const data of stream as AsyncIterable<Uint8Array>) yield data;
  await ended;
}
