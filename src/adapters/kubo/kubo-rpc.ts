import { Readable } from 'node:stream';
import { Agent, request, type Dispatcher } from 'undici';
import { DomainError, messageOf } from '../../shared/index.js';
import { KuboAnswerBroken, KuboForbidden, KuboRefused, KuboUnreachable } from './kubo.errors.js';

/** Where Kubo's RPC is (KUBO_RPC_URL, KUBO_RPC_AUTH). It gives whoever reaches it full power over the node. */
export interface KuboEndpoint {
  /** http(s)://host:port, with or without /api/v0. */
  url: string;
  /** `user:password` or `bearer:token`. */
  auth?: string | undefined;
}

/** When a call is given up, and how much of an answer is read: 64 MiB unless told. */
export interface CallOptions {
  signal: AbortSignal;
  /** For the whole call. Without it a call may take for ever while it moves. */
  timeoutMs?: number;
  /**
   * How long nothing may happen: before the answer begins (0: for ever), and between the parts of a form or of the
   * answer.
   */
  idleTimeoutMs?: { first: number; next: number };
  /** A multipart form, made while it is sent. */
  form?: { type: string; body: AsyncIterable<Uint8Array> };
  /** A longer answer is broken. */
  mostBytes?: number;
}

/** Arguments of a command, as its reference names them. */
export type Query = Record<string, string | boolean>;

const CONNECT_MS = 5_000;
const IDLE_TIMEOUT_MS = { first: 60_000, next: 60_000 };
const MOST_BYTES = 64 * 1024 ** 2;

/**
 * Kubo's RPC (https://docs.ipfs.tech/reference/kubo/rpc/) for the commands whose answers are streams. Why not
 * kubo-rpc-client alone (docs/decisions/0009): Kubo answers 200 before it knows how a command ends, and says the end in
 * a trailer or as an error object in the middle of the stream; the client gives out what came before as if it were
 * whole, and its time limits have no effect.
 *
 * Here an answer is given out when it is whole and nothing in it is an error. Every failure is one of
 * `ERR_IPFS_NODE_*`. Calls are independent of each other and may run at once; nothing is tried again here.
 */
export class KuboRpc {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  private readonly agent = new Agent({ connect: { timeout: CONNECT_MS }, keepAliveTimeout: 10_000 });

  constructor({ url, auth }: KuboEndpoint) {
    const trimmed = url.replace(/\/+$/, '');
    this.base = trimmed.endsWith('/api/v0') ? trimmed : `${trimmed}/api/v0`;
    this.headers = auth === undefined ? {} : { authorization: authorization(auth) };
  }

  /**
   * The whole answer.
   * @throws KuboUnreachable when nobody answers, or not in time; KuboForbidden; KuboRefused with Kubo's own words;
   * KuboAnswerBroken when it is longer than `mostBytes`; what the form throws; and the signal's reason.
   */
  async bytes(command: string, query: Query, options: CallOptions): Promise<Uint8Array> {
    const late = options.timeoutMs === undefined ? null : AbortSignal.timeout(options.timeoutMs);
    const stuck = new AbortController();
    const signal = AbortSignal.any([options.signal, stuck.signal, ...(late ? [late] : [])]);
    let fromForm: { error: unknown } | undefined;
    const form = options.form
      ? watched(options.form.body, {
          idleMs: (options.idleTimeoutMs ?? IDLE_TIMEOUT_MS).next,
          onStuck: () => stuck.abort(),
          onError: (error) => {
            fromForm = { error };
          },
        })
      : null;
    try {
      const answer = await this.send(command, query, { ...options, signal }, form);
      return await readWhole(command, answer, options.mostBytes ?? MOST_BYTES);
    } catch (error) {
      options.signal.throwIfAborted();
      if (fromForm) throw fromForm.error;
      if (late?.aborted)
        throw new KuboUnreachable(`the IPFS node did not finish ${command} in ${Number(options.timeoutMs) / 1000} s`, {
          details: { command },
        });
      if (stuck.signal.aborted)
        throw new KuboUnreachable(`the IPFS node does not take what it is sent for ${command}`, {
          details: { command },
        });
      throw named(command, error);
    }
  }

  /**
   * An answer of JSON objects, one after the other, none of which is an error.
   * @throws as `bytes`, and KuboAnswerBroken for what is not JSON.
   */
  async objects(command: string, query: Query, options: CallOptions): Promise<Record<string, unknown>[]> {
    const text = Buffer.from(await this.bytes(command, query, options)).toString('utf8');
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const object = objectIn(line);
        if (!object)
          throw new KuboAnswerBroken(`the IPFS node's answer to ${command} is not JSON`, { details: { command } });
        const failure = failureIn(object);
        if (failure !== null) throw new KuboRefused(command, failure);
        return object;
      });
  }

  /** Cuts what is still open. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private send(
    command: string,
    query: Query,
    options: CallOptions,
    body: AsyncIterable<Uint8Array> | null,
  ): Promise<Dispatcher.ResponseData> {
    const idleTimeoutMs = options.idleTimeoutMs ?? IDLE_TIMEOUT_MS;
    const search = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    );
    return request(`${this.base}/${command}${search.size > 0 ? '?' : ''}${search}`, {
      method: 'POST',
      dispatcher: this.agent,
      signal: options.signal,
      body: body && Readable.from(body, { objectMode: false }),
      headers: {
        ...this.headers,
        'user-agent': 'tidewater',
        ...(options.form ? { 'content-type': options.form.type } : {}),
      },
      headersTimeout: idleTimeoutMs.first,
      bodyTimeout: idleTimeoutMs.next,
    });
  }
}

/** Kubo compares the whole header with `Basic` or `Bearer` and the secret (config, API.Authorizations). */
export function authorization(auth: string): string {
  return auth.startsWith('bearer:')
    ? `Bearer ${auth.slice('bearer:'.length)}`
    : `Basic ${Buffer.from(auth).toString('base64')}`;
}

/**
 * An answer is over when its body is and no trailer says that it broke off: Kubo has sent status 200 long before it
 * knows.
 */
async function readWhole(command: string, answer: Dispatcher.ResponseData, mostBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of answer.body as AsyncIterable<Uint8Array>) {
    parts.push(part);
    size += part.length;
    if (size > mostBytes)
      throw new KuboAnswerBroken(`the IPFS node's answer to ${command} has more than ${mostBytes} bytes`, {
        details: { command },
      });
  }
  const bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  if (answer.statusCode !== 200)
    throw nameStatus(command, answer.statusCode, Buffer.from(bytes.subarray(0, 65_536)).toString('utf8'));
  const trailer = answer.trailers['x-stream-error'];
  if (trailer !== undefined) throw new KuboRefused(command, String(trailer));
  return bytes;
}

function nameStatus(command: string, status: number, text: string): DomainError {
  if (status === 401 || status === 403)
    return new KuboForbidden(`the IPFS node does not let us use ${command}: HTTP ${status}`, { details: { command } });
  const reason = failureIn(objectIn(text) ?? {});
  // Whoever answers without Kubo's words is not Kubo: a proxy before it, whose node is away.
  if (reason === null && status >= 500)
    return new KuboUnreachable(`the IPFS node answers HTTP ${status} to ${command}`, { details: { command } });
  return new KuboRefused(command, reason ?? `HTTP ${status}`);
}

function named(command: string, error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  return new KuboUnreachable(`the IPFS node cannot be reached for ${command}: ${codeOf(error)}`, {
    cause: error,
    details: { command },
  });
}

/** ECONNREFUSED and its like, which says no addresses. fetch() has it one level down. */
export function codeOf(error: unknown): string {
  for (const each of [error, causeOf(error)])
    if (typeof each === 'object' && each !== null && 'code' in each && typeof each.code === 'string') return each.code;
  return messageOf(error);
}

function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/**
 * What Kubo's error objects look like, alone or in the middle of a stream; `Err` is how refs and repo commands say it.
 */
function failureIn(object: Record<string, unknown>): string | null {
  if (object.Type === 'error' && typeof object.Message === 'string') return object.Message;
  return typeof object.Err === 'string' && object.Err !== '' ? object.Err : null;
}

interface FormWatch {
  idleMs: number;
  onStuck: () => void;
  onError: (error: unknown) => void;
}

/** Tells apart a source that broke from a line that did, and sees when a part lies here that nobody takes. */
async function* watched(
  source: AsyncIterable<Uint8Array>,
  { idleMs, onStuck, onError }: FormWatch,
): AsyncGenerator<Uint8Array> {
  let timer: NodeJS.Timeout | undefined;
  try {
    for await (const part of source) {
      timer = setTimeout(onStuck, idleMs);
      yield part;
      clearTimeout(timer);
    }
  } catch (error) {
    onError(error);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
