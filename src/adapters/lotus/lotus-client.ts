import { LotusRPC } from '@filecoin-shipyard/lotus-client-rpc';
import { mainnet } from '@filecoin-shipyard/lotus-client-schema';
import type { z } from 'zod';
import { ChainCallFailed, ChainUnavailable } from '../../chain/index.js';
import { type Clock, DomainError } from '../../shared/index.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { HttpTransport, type LotusEndpoint } from './http-transport.js';
import { LotusTimeout, LotusUnreachable } from './json-rpc-failure.js';

/** Methods that are younger than the schema package (2022). */
const schema = { methods: { ...mainnet.fullNode.methods, StateGetNetworkParams: {} } };

export interface CallOptions {
  signal?: AbortSignal;
  /** Instead of the ordinary limit. */
  timeoutMs?: number;
  /** Asking twice does no harm: a connection that breaks is followed by one more try. */
  idempotent?: boolean;
  /** The node asks somebody else for us: silence is not the node's fault. */
  onBehalf?: boolean;
}

interface LotusClientOptions extends LotusEndpoint {
  timeoutMs: number;
  clock: Clock;
  /** Told of each call, for metrics. */
  started?: (method: string) => (outcome: 'done' | 'failed') => void;
}

type Methods = Record<string, ((...params: unknown[]) => Promise<unknown>) | undefined>;

/**
 * One Lotus node, asked through LotusRPC. Every call has a time limit, gives up with its signal, checks the answer's
 * shape, and ends in a failure with a name: ChainUnavailable, ChainUnauthorized, ChainMethodMissing or ChainCallFailed.
 */
export class LotusClient {
  private readonly endpoint: LotusEndpoint;
  private readonly breaker: CircuitBreaker;

  constructor(private readonly options: LotusClientOptions) {
    // Lotus serves HTTP and WebSocket at one address. Nothing here subscribes, so HTTP it is.
    this.endpoint = { url: options.url.replace(/^ws/, 'http'), token: options.token };
    this.breaker = new CircuitBreaker(options.clock);
  }

  /** The ordinary limit of a call. */
  get timeoutMs(): number {
    return this.options.timeoutMs;
  }

  /**
   * `answer`: the shape that the method's result must have; a result of another shape is ChainCallFailed.
   * @throws ChainUnavailable, ChainUnauthorized, ChainMethodMissing, ChainCallFailed, or the signal's reason
   */
  async call<S extends z.ZodType>(
    method: string,
    params: unknown[],
    answer: S,
    options: CallOptions = {},
  ): Promise<z.output<S>> {
    options.signal?.throwIfAborted();
    this.breaker.enter();
    const ended = this.options.started?.(method);
    try {
      const result = answer.safeParse(await this.askTwice(method, params, options));
      if (!result.success) throw shapeless(method, result.error);
      this.breaker.succeeded();
      ended?.('done');
      return result.data;
    } catch (error) {
      this.judge(error, options);
      ended?.('failed');
      throw error;
    }
  }

  /**
   * One method asked many times in one request, where the node takes batches (Lotus does over HTTP since go-jsonrpc
   * v0.3); null where it does not. Answers in the order of `params`, each a value or the failure of that one.
   * @throws ChainUnavailable, ChainUnauthorized, or the signal's reason
   */
  async callMany<S extends z.ZodType>(
    method: string,
    params: readonly unknown[][],
    answer: S,
    { signal, timeoutMs = this.options.timeoutMs }: CallOptions = {},
  ): Promise<(z.output<S> | DomainError)[] | null> {
    signal?.throwIfAborted();
    this.breaker.enter();
    const ended = this.options.started?.(`${method} (batch)`);
    try {
      const results = await new HttpTransport(this.endpoint, timeoutMs, signal).sendMany(`Filecoin.${method}`, params);
      this.breaker.succeeded();
      ended?.('done');
      if (results === null) return null;
      return results.map((result) => {
        if (result instanceof DomainError) return result;
        const read = answer.safeParse(result);
        return read.success ? read.data : shapeless(method, read.error);
      });
    } catch (error) {
      this.judge(error, {});
      ended?.('failed');
      throw error;
    }
  }

  private async askTwice(method: string, params: unknown[], options: CallOptions): Promise<unknown> {
    try {
      return await this.ask(method, params, options);
    } catch (error) {
      if (!options.idempotent || !(error instanceof LotusUnreachable)) throw error;
      return this.ask(method, params, options);
    }
  }

  /** A client for each call: LotusRPC has no place for a signal, and this way no call can spoil another. */
  private async ask(method: string, params: unknown[], { signal, timeoutMs }: CallOptions): Promise<unknown> {
    const rpc = new LotusRPC(new HttpTransport(this.endpoint, timeoutMs ?? this.options.timeoutMs, signal), {
      schema,
    }) as unknown as Methods;
    const send = rpc[method];
    if (send === undefined) throw new Error(`${method} is not in the schema`);
    return send(...params);
  }

  private judge(error: unknown, { onBehalf }: CallOptions): void {
    if (error instanceof LotusUnreachable || (error instanceof LotusTimeout && !onBehalf)) this.breaker.failed();
    else if (error instanceof DomainError && !(error instanceof ChainUnavailable)) this.breaker.succeeded();
    else this.breaker.undecided();
  }
}

function shapeless(method: string, error: z.ZodError): ChainCallFailed {
  return new ChainCallFailed(`${method}: the answer does not look as Lotus documents it`, {
    details: { method, fields: error.issues.map((issue) => issue.path.join('.')) },
  });
}
