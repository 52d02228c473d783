import { PassThrough, type Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { InvalidInput } from '../../platform/http/index.js';
import { messageOf } from '../../shared/index.js';

/** Read ahead of the consumer by this much, then the socket waits. */
const READ_AHEAD_BYTES = 1024 * 1024;
/** What the smallest part of a body takes, as an object of its own. */
const LEAST_WEIGHT = 512;
/** Of a form. */
const LIMITS = { files: 16, fields: 64, fieldSize: 64 * 1024, fieldNameSize: 256, headerPairs: 100 };

/**
 * A request's body, buffer by buffer as the parser made them: the stream's own iterator would join what has gathered,
 * at a copy. When the consumer stops, the connection stays: the answer still has to go out on it.
 */
export async function* bodySource(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  const queue: Buffer[] = [];
  let queued = 0;
  let end: 'complete' | Error | undefined;
  let wake: (() => void) | undefined;
  const onData = (data: Buffer): void => {
    queue.push(data);
    queued += weightOf(data);
    if (queued > READ_AHEAD_BYTES) request.pause();
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
      if (next) {
        queued -= weightOf(next);
        if (queued <= READ_AHEAD_BYTES / 2 && request.isPaused()) request.resume();
        yield next;
      } else if (end === 'complete') return;
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

/** A part of one byte takes memory, too. */
function weightOf({ length }: Uint8Array): number {
  return Math.max(length, LEAST_WEIGHT);
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
  parser.on('field', (name, value) => {
    fields[name] = value;
  });
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  ended.catch(() => undefined);
  parser.once('finish', resolve);
  // Not once: what is broken may say so several times.
  parser.on('error', (error: unknown) => reject(broken(error)));
  request.on('error', reject);
  request.once('aborted', () => reject(new Error('the client went away')));
  parser.once('filesLimit', () =>
    reject(new InvalidInput(`a form may have at most ${LIMITS.files} files, one of them in data`)),
  );
  const found = firstFile(parser, reject);
  request.pipe(parser);
  const part = await Promise.race([found, ended.then(() => null)]);
  if (!part) throw new InvalidInput('data: a file is expected in this field', { details: { fields: ['data'] } });
  return { file: untilEnd(part.stream, ended), filename: part.filename, fields };
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
