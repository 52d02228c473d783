import { Agent, buildConnector, request, type Dispatcher } from 'undici';
import type { AddressPolicy } from '../net/index.js';

/** What one asks of an URL that a stranger named. */
export interface OutboundRequest {
  headers: Record<string, string>;
  signal: AbortSignal;
  /** Milliseconds to the head of the answer, and between two pieces of its body. */
  idleMs: number;
}

export type OutboundAnswer = Dispatcher.ResponseData;

/**
 * HTTP(S) to where strangers say. Each connection is judged as it is opened: a number as it stands, a name by the
 * addresses that it resolves to then, one of which the socket connects to; so a name that changes its mind changes
 * nothing. Redirects are handed back as answers and never followed. Connections are kept for a few seconds.
 */
export class OutboundHttp {
  private readonly agent: Agent;

  constructor(
    private readonly policy: AddressPolicy,
    connectMs: number,
  ) {
    this.agent = new Agent({
      connect: (options, callback) => this.connect(connectMs, options, callback),
      connections: 16,
      keepAliveTimeout: 4_000,
    });
  }

  /**
   * GET. The body has to be read or destroyed.
   * @throws AddressRefused, and whatever undici throws.
   */
  get(url: URL, { headers, signal, idleMs }: OutboundRequest): Promise<OutboundAnswer> {
    return request(url, {
      dispatcher: this.agent,
      headers: { ...headers, 'accept-encoding': 'identity', 'user-agent': 'tidewater' },
      signal,
      headersTimeout: idleMs,
      bodyTimeout: idleMs,
    });
  }

  /**
   * POST of a body that is there whole. As `get`.
   * @throws AddressRefused, and whatever undici throws.
   */
  post(url: URL, body: string, { headers, signal, idleMs }: OutboundRequest): Promise<OutboundAnswer> {
    return request(url, {
      method: 'POST',
      body,
      dispatcher: this.agent,
      headers: { ...headers, 'accept-encoding': 'identity', 'user-agent': 'tidewater' },
      signal,
      headersTimeout: idleMs,
      bodyTimeout: idleMs,
    });
  }

  /** Requests that still run fail. */
  close(): Promise<void> {
    return this.agent.destroy();
  }

  /** undici's own connector, behind the policy: no socket is made for an address that it refuses. */
  private connect(timeout: number, options: buildConnector.Options, callback: buildConnector.Callback): void {
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    try {
      this.policy.assertPermits(options.hostname, port);
    } catch (error) {
      callback(error as Error, null);
      return;
    }
    buildConnector({ timeout, lookup: this.policy.lookup(port) })(options, callback);
  }
}
