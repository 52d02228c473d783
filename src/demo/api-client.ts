import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** An answer that was not what the demo needs, with what the platform said. */
export class DemoFailure extends Error {}

type Body = Record<string, unknown>;

/** The platform as any user sees it: HTTP and a key, nothing else. */
export class ApiClient {
  constructor(
    readonly baseUrl: string,
    private readonly key: string,
  ) {}

  /**
   * The JSON answer, taken to be a `T` unchecked. @throws DemoFailure with status and body for every other answer than
   * 2xx.
   */
  async get<T>(path: string): Promise<T> {
    return this.json<T>('GET', path);
  }

  /** As get(); an empty answer counts as `{}`. */
  async post<T>(path: string, body?: Body): Promise<T> {
    return this.json<T>('POST', path, body);
  }

  /**
   * Streams a file in as the body of a PUT, 1 MiB at a time; `onProgress` gets the bytes handed over so far, which may
   * still be in buffers. Returns the answer and the file's SHA-256 in hex. @throws DemoFailure
   */
  async upload<T>(
    path: string,
    file: string,
    onProgress: (bytes: number) => void,
  ): Promise<{ answer: T; sha256: string }> {
    const hash = createHash('sha256');
    let sent = 0;
    async function* body() {
      for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
        hash.update(chunk as Buffer);
        yield chunk as Buffer;
        sent += (chunk as Buffer).length;
        onProgress(sent);
      }
    }
    const response = await fetch(this.baseUrl + path, {
      method: 'PUT',
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/octet-stream' },
      body: ReadableStream.from(body()) as NonNullable<RequestInit['body']>,
      duplex: 'half',
    });
    return { answer: await this.parse<T>('PUT', path, response), sha256: hash.digest('hex') };
  }

  /**
   * Reads a public path, without the key, to its end. Returns what came, never its bytes: their number, SHA-256 in hex,
   * and the milliseconds until the first and the last. @throws DemoFailure
   */
  async download(
    path: string,
    onProgress: (bytes: number) => void,
  ): Promise<{ bytes: number; sha256: string; firstByteMs: number; ms: number }> {
    const started = performance.now();
    const response = await fetch(this.baseUrl + path);
    if (!response.ok || !response.body)
      throw new DemoFailure(`GET ${path}: ${response.status} ${await response.text()}`);
    const hash = createHash('sha256');
    let bytes = 0;
    let firstByteMs = 0;
    for await (const chunk of response.body as ReadableStream<Uint8Array>) {
      if (bytes === 0) firstByteMs = performance.now() - started;
      hash.update(chunk);
      bytes += chunk.length;
      onProgress(bytes);
    }
    return { bytes, sha256: hash.digest('hex'), firstByteMs, ms: performance.now() - started };
  }

  private async json<T>(method: string, path: string, body?: Body): Promise<T> {
    const response = await fetch(this.baseUrl + path, {
      method,
      headers: { authorization: `Bearer ${this.key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return this.parse<T>(method, path, response);
  }

  /** The answer as JSON. @throws DemoFailure for every status but 2xx. */
  private async parse<T>(method: string, path: string, response: Response): Promise<T> {
    const text = await response.text();
    if (!response.ok) throw new DemoFailure(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }
}
