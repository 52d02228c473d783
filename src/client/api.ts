import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** What went wrong, in words for the person who typed the command. */
export class ClientFailure extends Error {}

/** Where the platform is, and the key that is used there. */
export interface Platform {
  url: string;
  key: string;
}

/**
 * TIDEWATER_URL and TIDEWATER_API_KEY; what is not set is taken from the platform that runs with this data folder: its
 * address, and its admin's key. @throws ClientFailure when there is neither
 */
export function platformOf(env: Record<string, string | undefined>): Platform {
  const folder = env['TIDEWATER_DATA'] || './data';
  const url = (env['TIDEWATER_URL'] || addressOf(folder, env['PORT'])).replace(/\/+$/, '');
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new ClientFailure(`TIDEWATER_URL is no address: ${url}`);
  const key = env['TIDEWATER_API_KEY'] || textOf(path.join(folder, 'admin.key'));
  if (key === '')
    throw new ClientFailure('no key: set TIDEWATER_API_KEY (and TIDEWATER_URL, if it is not this machine)');
  return { url, key };
}

/** Of the platform that runs with this data folder, as its launcher wrote it down; PORT goes before it. */
export function addressOf(folder: string, port: string | undefined): string {
  if (port) return `http://127.0.0.1:${port}`;
  try {
    const { url } = JSON.parse(readFileSync(path.join(folder, 'address.json'), 'utf8')) as { url?: unknown };
    if (typeof url === 'string') return url;
  } catch {
    // A folder of an earlier version, or none: the port that is the default.
  }
  return 'http://127.0.0.1:3004';
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}

/** The platform's API, for commands: every refusal is a sentence. */
export class Api {
  constructor(private readonly platform: Platform) {}

  /** JSON. @throws ClientFailure with the platform's own words for any other answer than 2xx */
  async json<T>(method: string, at: string, body?: object): Promise<T> {
    const answer = await this.send(method, at, {
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return (text === '' ? {} : JSON.parse(text)) as T;
  }

  /** A file as it lies there; `onProgress` is told the bytes that were handed over. @throws ClientFailure */
  async upload<T>(at: string, file: string, onProgress: (sent: number, size: number) => void): Promise<T> {
    const { size } = statSync(file);
    let sent = 0;
    async function* bytes() {
      for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
        yield chunk as Buffer;
        sent += (chunk as Buffer).length;
        onProgress(sent, size);
      }
    }
    const answer = await this.send('PUT', at, {
      headers: { 'content-type': 'application/octet-stream' },
      body: ReadableStream.from(bytes()) as NonNullable<RequestInit['body']>,
      duplex: 'half',
    });
    return (await answer.json()) as T;
  }

  /** Bytes as they come, and how many there will be (null: not said). @throws ClientFailure */
  async download(at: string): Promise<{ body: AsyncIterable<Uint8Array>; size: number | null }> {
    const answer = await this.send('GET', at, { headers: { accept: '*/*' } });
    const length = Number(answer.headers.get('content-length') ?? NaN);
    if (!answer.body) throw new ClientFailure('the platform answered without a body');
    return { body: answer.body as AsyncIterable<Uint8Array>, size: Number.isFinite(length) ? length : null };
  }

  private async send(method: string, at: string, init: RequestInit & { duplex?: 'half' }): Promise<Response> {
    const { url, key } = this.platform;
    const headers = { authorization: `Bearer ${key}`, ...(init.headers as Record<string, string> | undefined) };
    let answer: Response;
    try {
      answer = await fetch(url + at, { ...init, method, headers });
    } catch (error) {
      const { cause } = error as Error;
      const why = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : String(error);
      throw new ClientFailure(`nobody answers at ${url}: ${why}`, { cause: error });
    }
    if (answer.ok) return answer;
    throw new ClientFailure(`${answer.status}: ${wordsOf(await answer.text())}`);
  }
}

/** The one shape of failures, in one line. */
function wordsOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error: { reason: string; details: string } };
    return `${error.reason}: ${error.details}`;
  } catch {
    return text.slice(0, 300);
  }
}
