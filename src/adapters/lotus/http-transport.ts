import { z } from 'zod';
import { ChainCallFailed } from '../../chain/index.js';
import { DomainError, messageOf } from '../../shared/index.js';
import { LotusTimeout, LotusUnreachable, nameHttpFailure, nameRpcError } from './json-rpc-failure.js';
import { parseJson, writeJson } from './lossless-json.js';

/** Where the node is, and what it lets us do there. An empty token: none is sent. */
export interface LotusEndpoint {
  /** http(s) address of the JSON-RPC endpoint, `.../rpc/v1`. */
  url: string;
  token: string;
}

/** As LotusRPC hands it over; `method` with its namespace. */
export interface RpcRequest {
  method: string;
  params: unknown[];
}

/** go-jsonrpc leaves out a result that is nil. */
const answerSchema = z.object({
  jsonrpc: z.string(),
  result: z.unknown().optional(),
  error: z.object({ code: z.number().default(0), message: z.string().default('unnamed error') }).nullish(),
});

let nextId = 1;

/**
 * What LotusRPC calls its provider, for one call. Takes the place of the package's own, which has no time limit, does
 * not look at the HTTP status, drops the error's code, keeps a dead socket for ever and writes the token into URLs
 * (standards.md 5.1). The token travels in a header only.
 */
export class HttpTransport {
  constructor(
    private readonly endpoint: LotusEndpoint,
    private readonly timeoutMs: number,
    private readonly signal?: AbortSignal,
  ) {}

  /** Nothing to open. @throws the signal's reason */
  async connect(): Promise<void> {
    this.signal?.throwIfAborted();
  }

  /**
   * One request, one answer; nothing is tried again here. @throws LotusTimeout, LotusUnreachable, the named failure of
   * an HTTP status or of a JSON-RPC error, and the signal's reason
   */
  async send({ method, params }: RpcRequest): Promise<unknown> {
    const { status, text } = await this.post(method, { jsonrpc: '2.0', id: nextId++, method, params });
    return readAnswer(method, status, text);
  }

  /**
   * One method with many parameters in one request (JSON-RPC 2.0, section 6: batch). Answers in their order, an error
   * in its place; null from a node that does not take batches.
   */
  async sendMany(method: string, params: readonly unknown[][]): Promise<unknown[] | null> {
    const first = nextId;
    nextId += params.length;
    const batch = params.map((one, at) => ({ jsonrpc: '2.0', id: first + at, method, params: one }));
    const { status, text } = await this.post(method, batch);
    const parsed = z.array(answerSchema.extend({ id: z.number() })).safeParse(jsonOrNothing(text));
    if (!parsed.success) {
      // A refused token or a broken gateway is its own failure; a single answer means that nobody read the batch.
      if (status === 401 || status === 403 || status === 502 || status === 503) throw nameHttpFailure(method, status);
      return null;
    }
    const byId = new Map(parsed.data.map((answer) => [answer.id, answer]));
    return params.map((_, at) => {
      const answer = byId.get(first + at);
      if (answer === undefined) return new ChainCallFailed(`${method}: no answer to one of ${params.length}`);
      return answer.error ? nameRpcError(method, answer.error.code, answer.error.message) : answer.result;
    });
  }

  private async post(method: string, body: unknown): Promise<{ status: number; text: string }> {
    const timeout = AbortSignal.timeout(this.timeoutMs);
    const signal = this.signal ? AbortSignal.any([this.signal, timeout]) : timeout;
    try {
      const response = await fetch(this.endpoint.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(this.endpoint.token === '' ? {} : { authorization: `Bearer ${this.endpoint.token}` }),
        },
        body: writeJson(body),
        redirect: 'manual',
        signal,
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      this.signal?.throwIfAborted();
      if (timeout.aborted)
        throw new LotusTimeout(`no answer to ${method} in ${this.timeoutMs / 1000} s`, { details: { method } });
      if (error instanceof DomainError) throw error;
      throw new LotusUnreachable(`the Filecoin node cannot be reached: ${causeOf(error)}`, {
        cause: error,
        details: { method },
      });
    }
  }

  /** Idempotent. */
  async destroy(): Promise<void> {
    // Nothing is held open between calls.
  }
}

/** Lotus puts JSON-RPC errors under HTTP 500 and 400: the body counts before the status. */
function readAnswer(method: string, status: number, text: string): unknown {
  const answer = answerSchema.safeParse(jsonOrNothing(text));
  if (!answer.success) throw nameHttpFailure(method, status);
  const { error, result } = answer.data;
  if (error) throw nameRpcError(method, error.code, error.message);
  if (status < 200 || status >= 300) throw nameHttpFailure(method, status);
  return result;
}

function jsonOrNothing(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** fetch says only "fetch failed"; the reason is one level down. */
function causeOf(error: unknown): string {
  const cause: unknown = error instanceof Object && 'cause' in error ? error.cause : undefined;
  return cause instanceof Object && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : messageOf(cause ?? error);
}
