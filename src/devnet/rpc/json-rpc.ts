/**
 * JSON-RPC 2.0 as go-jsonrpc speaks it: positional params, code 1 for errors of methods, subscriptions over WebSocket.
 */
export interface Subscription {
  /** Begins to send; the answer is what ends it. Called once per subscriber. */
  start(send: (value: unknown) => void): () => void;
}

/** May throw, and may resolve later: the Dispatcher makes an answer of either. */
export type Method = (...params: never[]) => unknown;
/** By their names without the namespace. */
export type Methods = Record<string, Method>;

/** As it came: `params` null counts as none, a missing id as null. */
export interface RpcRequest {
  jsonrpc?: string;
  id?: number | string | null;
  method: string;
  params?: unknown[];
}
/** `code` is one of those below, or 1 when the method itself failed. */
export interface RpcError {
  code: number;
  message: string;
}
/** Either a result or an error, never both. */
export type RpcResponse = { jsonrpc: '2.0'; id: number | string | null } & ({ result: unknown } | { error: RpcError });

/** What came is not JSON (JSON-RPC 2.0, section 5.1). */
export const PARSE_ERROR = -32700;
/** It is JSON, and no request: no method, or params by name. */
export const INVALID_REQUEST = -32600;
/** Nobody serves this method under this namespace. */
export const METHOD_NOT_FOUND = -32601;
/** What a method was given makes no sense. */
export const INVALID_PARAMS = -32602;
const METHOD_FAILED = 1;

/** What a method was given makes no sense: code -32602. */
export class InvalidParams extends Error {}

/** Marks a result that is a stream of values. */
export class Stream implements Subscription {
  constructor(readonly start: (send: (value: unknown) => void) => () => void) {}
}

/** The methods of one namespace. Never rejects: every failure is an answer. */
export class Dispatcher {
  private readonly methods: Map<string, Method>;

  constructor(namespace: string, methods: Methods) {
    this.methods = new Map(Object.entries(methods).map(([name, method]) => [namespace + name, method]));
  }

  /** With the namespace, sorted. */
  names(): string[] {
    return [...this.methods.keys()].sort();
  }

  /** Answers one request; a result that is a Stream is for the caller to open. */
  async call(request: unknown): Promise<RpcResponse> {
    if (!isRequest(request)) return failure(null, INVALID_REQUEST, 'Invalid request');
    const id = request.id ?? null;
    const method = this.methods.get(request.method);
    if (!method) return failure(id, METHOD_NOT_FOUND, `method '${request.method}' not found`);
    try {
      const result = await method(...((request.params ?? []) as never[]));
      return { jsonrpc: '2.0', id, result: result === undefined ? null : result };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return failure(
        id,
        error instanceof InvalidParams || error instanceof TypeError ? INVALID_PARAMS : METHOD_FAILED,
        message,
      );
    }
  }
}

/** `id` null: the request could not be read. */
export function failure(id: number | string | null, code: number, message: string): RpcResponse {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

function isRequest(value: unknown): value is RpcRequest {
  if (typeof value !== 'object' || value === null || !('method' in value) || typeof value.method !== 'string')
    return false;
  return !('params' in value) || value.params === null || Array.isArray(value.params);
}
