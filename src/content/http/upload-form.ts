import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { InvalidInput } from '../../platform/http/index.js';
import { messageOf } from '../../shared/index.js';
import { TooManyEntries } from '../domain/content.errors.js';
import type { UploadedFile } from '../domain/upload.js';
import { limitPartHeaders, PARSED_HEADERS } from './part-headers.js';
import { bodySource, READ_AHEAD_BYTES } from './upload-body.js';

/** Of the form that waits to be parsed; its files have their own. */
const FORM_AHEAD_BYTES = 64 * 1024;
/** Of a form, besides what is in `data` and `dir`. */
const OTHERS = { files: 16, fields: 64 };
/** Parts that are neither a file nor a field. */
const STRAY_PARTS = 16;
const FIELD_BYTES = 64 * 1024;
/** Of a field. The parser knows this limit and does not keep it. */
const NAME_CHARACTERS = 256;

/** A multipart form of files, as it comes in. */
export interface UploadForm {
  /**
   * What is in the field `data`, file after file; each is read to its end before the next is asked for. Ends when the
   * whole form was read. Leaving it early lets go of the request.
   * @throws InvalidInput for a form that is none, TooManyEntries
   */
  files: AsyncIterable<UploadedFile>;
  /** Text fields, the last of each name; complete when `files` has ended. */
  fields: Record<string, string>;
  /** What the fields `dir` say: paths of folders. */
  directories: string[];
}

/** A file that the parser has begun. */
interface Part {
  stream: Readable;
  path: string | undefined;
}

/**
 * Reads a multipart form with files in the field `data`. Files in other fields are read and dropped.
 * @param entries of `data` and `dir` together, at most
 * @throws InvalidInput for a request that is no form
 */
export function readUploadForm(request: IncomingMessage, entries: number): UploadForm {
  const form = new FormReader(parserFor(request, entries), entries);
  form.read(bodySource(request, FORM_AHEAD_BYTES));
  return { files: form.files(), fields: form.fields, directories: form.directories };
}

function parserFor(request: IncomingMessage, entries: number): BusboyInstance {
  try {
    return new Busboy({
      headers: request.headers as BusboyHeaders,
      preservePath: true,
      limits: {
        // What is over a limit is counted here, where it can be said which.
        files: entries + OTHERS.files + 2,
        fields: entries + OTHERS.fields + 2,
        parts: 2 * entries + OTHERS.files + OTHERS.fields + STRAY_PARTS,
        fieldSize: FIELD_BYTES,
        fieldNameSize: NAME_CHARACTERS,
        ...PARSED_HEADERS,
      },
    });
  } catch (error) {
    throw new InvalidInput(`multipart/form-data with a boundary is expected: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Between a parser that pushes and a reader that pulls: the next bytes are parsed when all files that the last ones
 * began were taken, so that a form of very many small files waits in the socket.
 */
class FormReader {
  readonly fields: Record<string, string> = {};
  readonly directories: string[] = [];
  private readonly begun: Part[] = [];
  /** The file that is being read. */
  private current: PassThrough | null = null;
  private state: 'reading' | 'complete' | Error = 'reading';
  private wakeReader: (() => void) | null = null;
  private wakeParser: (() => void) | null = null;
  private endWrite: (() => void) | null = null;
  private dataFiles = 0;
  private otherFiles = 0;
  private otherFields = 0;

  constructor(
    private readonly parser: BusboyInstance,
    private readonly entries: number,
  ) {
    // Before the first byte of the form.
    limitPartHeaders(parser, (limit) => this.end(tooMany(limit)));
    parser.once('finish', () => this.end('complete'));
    // Not once: what is broken may say so several times.
    parser.on('error', (error: unknown) => this.end(broken(error)));
    parser.on('field', (name, value, _nameIsCut, valueIsCut) => this.takeField(name, value, valueIsCut));
    parser.on('file', (field, stream, filename) => this.takeFile(field, stream, filename));
    parser.once('partsLimit', () => this.end(tooMany(`${STRAY_PARTS} parts that are neither file nor field`)));
  }

  /** Parses the body as far as its files are read; ends by itself. */
  read(body: AsyncGenerator<Uint8Array>): void {
    this.parse(body).catch((error: unknown) => this.end(error instanceof Error ? error : new Error(String(error))));
  }

  async *files(): AsyncGenerator<UploadedFile> {
    try {
      for (;;) {
        if (this.state instanceof Error) throw this.state;
        const part = this.begun.shift();
        if (part) {
          this.wakeParser?.();
          yield { path: part.path, bytes: this.bytesOf(part.stream) };
        } else if (this.state === 'complete') return;
        else
          await new Promise<void>((resolve) => {
            this.wakeReader = resolve;
          });
      }
    } finally {
      this.end(new Error('nobody reads this form any more'));
    }
  }

  private async parse(body: AsyncGenerator<Uint8Array>): Promise<void> {
    for await (const bytes of body) {
      await this.write(bytes);
      while (this.state === 'reading' && this.begun.length > 0)
        await new Promise<void>((resolve) => {
          this.wakeParser = resolve;
        });
      if (this.state !== 'reading') return;
    }
    this.parser.end();
  }

  /** Resolves when the parser takes more: not while a file of it waits to be read; or when the form has ended. */
  private write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.endWrite = resolve;
      this.parser.write(bytes, () => resolve());
    });
  }

  private async *bytesOf(part: Readable): AsyncGenerator<Uint8Array> {
    // An end before this file's turn is the reader's next answer.
    if (this.state instanceof Error) throw this.state;
    const ahead = new PassThrough({ highWaterMark: READ_AHEAD_BYTES });
    this.current = ahead;
    part.pipe(ahead);
    for await (const bytes of ahead as AsyncIterable<Uint8Array>) yield bytes;
  }

  private takeFile(field: string, stream: Readable, filename: string | undefined): void {
    stream.on('error', (error) => this.end(broken(error)));
    if (field !== 'data') {
      stream.resume();
      this.otherFiles += 1;
      if (this.otherFiles > OTHERS.files) this.end(tooMany(`${OTHERS.files} files in other fields than data`));
      return;
    }
    this.dataFiles += 1;
    if (this.dataFiles + this.directories.length > this.entries) this.end(new TooManyEntries(this.entries));
    else this.begun.push({ stream, path: filename });
    this.wakeReader?.();
  }

  /** The types of the parser do not know that a field may come without its name. */
  private takeField(name: string | undefined, value: string, isCut: boolean): void {
    if (name === undefined) this.end(new InvalidInput('a field of the form has no name'));
    else if (isCut)
      this.end(new InvalidInput(`${name.slice(0, 50)}: at most ${FIELD_BYTES} bytes are read of a field`));
    else if (name.length > NAME_CHARACTERS)
      this.end(new InvalidInput(`the name of a field has at most ${NAME_CHARACTERS} characters`));
    else if (name === 'dir') {
      this.directories.push(value);
      if (this.dataFiles + this.directories.length > this.entries) this.end(new TooManyEntries(this.entries));
    } else {
      this.otherFields += 1;
      if (this.otherFields > OTHERS.fields) this.end(tooMany(`${OTHERS.fields} fields`));
      this.fields[name] = value;
    }
  }

  /** The first end counts. */
  private end(how: 'complete' | Error): void {
    if (this.state !== 'reading') return;
    this.state = how;
    // Whatever ends the form ends the file.
    if (how !== 'complete') this.current?.destroy(how);
    this.wakeReader?.();
    this.wakeParser?.();
    this.endWrite?.();
  }
}

function tooMany(limit: string): InvalidInput {
  return new InvalidInput(`a form may have at most ${limit}`);
}

function broken(error: unknown): InvalidInput {
  return new InvalidInput(`the form is broken: ${messageOf(error)}`, { cause: error });
}
