import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { timingSafeEqual, createHash } from 'node:crypto';
import { CID } from 'multiformats/cid';
import { base16 } from 'multiformats/bases/base16';
import { base58btc } from 'multiformats/bases/base58';
import { Admin, AdminError } from '../admin/admin.js';
import type { Network } from '../network.js';
import { findProviders, findResponse } from '../retrieval/ipni.js';
import { SIMULATED } from '../retrieval/reply.js';
import { ethMethods } from './eth.js';
import {
  Dispatcher,
  failure,
  INVALID_REQUEST,
  METHOD_NOT_FOUND,
  PARSE_ERROR,
  Stream,
  type RpcResponse,
} from './json-rpc.js';
import { lotusMethods } from './methods/index.js';
import { type ScriptedAnswer, ScriptedFaults } from './scripted-faults.js';
import { serveWebSocket } from './web-socket.js';

/** Bytes. */
const BIGGEST_BODY = 8 * 2 ** 20;
export const NOTICE = 'devnet: simulated Filecoin network';

/** The one port of the network: Lotus JSON-RPC, Ethereum JSON-RPC, IPNI, admin, health. */
export class NetworkServer {
  readonly server: Server;
  private readonly lotus: Dispatcher;
  private readonly faults = new ScriptedFaults();
  private readonly admin: Admin;
  private readonly eth: Dispatcher;

  constructor(
    private readonly net: Network,
    private readonly token: string | undefined,
  ) {
    this.lotus = new Dispatcher('Filecoin.', lotusMethods(net));
    this.admin = new Admin(net, NOTICE, this.lotus.names(), this.faults);
    this.eth = new Dispatcher('', ethMethods(net));
    this.server = createServer((request, response) => {
      this.route(request, response).catch((error: unknown) => {
        if (response.headersSent) return void response.destroy();
        const status = error instanceof AdminError ? 400 : 500;
        send(response, status, { error: error instanceof Error ? error.message : String(error) });
      });
    });
    this.server.requestTimeout = 0;
    serveWebSocket(this.server, this.lotus, (request) => this.allowed(request));
  }

  private async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://devnet');
    const [, first = '', second = ''] = url.pathname.split('/');
    if (first === 'rpc') return this.rpc(second, request, response);
    if (first === 'cid' || first === 'multihash') return this.find(first, second, request, response);
    if (first === 'admin')
      return send(response, 200, await this.admin.call(request.method ?? 'GET', second, await body(request)));
    if (first === 'health')
      return send(response, 200, {
        status: 'ok',
        network: this.net.name,
        height: this.net.clock.height,
        notice: NOTICE,
      });
    send(response, 404, { error: `nothing at ${url.pathname}` });
  }

  /** /rpc/v0 and /rpc/v1 are Lotus' (with token, if one is set), /rpc/eth is Ethereum's. One request or a batch. */
  private async rpc(version: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const dispatcher = version === 'v0' || version === 'v1' ? this.lotus : version === 'eth' ? this.eth : undefined;
    if (!dispatcher) return send(response, 404, { error: `nothing at /rpc/${version}` });
    if (request.method !== 'POST')
      return send(response, 405, { error: 'POST JSON-RPC requests, or connect by WebSocket' });
    if (dispatcher === this.lotus && !this.allowed(request))
      return send(response, 401, { error: 'missing or wrong token' });
    const parsed = parse(await body(request));
    if (parsed === undefined) return send(response, 500, failure(null, PARSE_ERROR, 'Parse error'));
    const scripted = dispatcher === this.lotus ? requestsOf(parsed).map((one) => this.faults.take(one.method)) : [];
    const outside = scripted.find((answer) => answer?.kind === 'refused' || answer?.kind === 'cut');
    if (outside?.kind === 'refused') return send(response, 401, { error: 'missing or wrong token' });
    if (outside !== undefined) return void response.destroy();
    // Whoever asked has to give up by itself.
    if (scripted.some((answer) => answer?.kind === 'silent')) return;
    if (!Array.isArray(parsed)) {
      const answer = withoutStream(await spoilt(dispatcher, parsed, scripted[0]));
      return send(response, statusOf(answer), answer);
    }
    if (parsed.length === 0) return send(response, 400, failure(null, INVALID_REQUEST, 'Invalid request'));
    const answers = parsed.map(async (one, at) => withoutStream(await spoilt(dispatcher, one, scripted[at])));
    return send(response, 200, await Promise.all(answers));
  }

  /**
   * The find API of IPNI: JSON, or one line for each provider where the client takes ndjson. 404 when nobody holds it.
   */
  private find(kind: string, text: string, request: IncomingMessage, response: ServerResponse): void {
    const multihash = kind === 'cid' ? cidMultihash(text) : rawMultihash(text);
    if (!multihash) return send(response, 400, { error: `'${text}' is not a ${kind}` });
    const results = findProviders(this.net, multihash);
    if (results.length === 0) return send(response, 404, { error: 'no results for query' });
    if (!request.headers.accept?.includes('application/x-ndjson'))
      return send(response, 200, findResponse(multihash, results));
    response.writeHead(200, { ...SIMULATED, 'Content-Type': 'application/x-ndjson' });
    response.end(results.map((result) => `${JSON.stringify(result)}\n`).join(''));
  }

  /** By the Authorization header or `?token=`; compared in constant time. */
  private allowed(request: IncomingMessage): boolean {
    if (!this.token) return true;
    const given =
      request.headers.authorization?.replace(/^Bearer /, '') ??
      new URL(request.url ?? '/', 'http://devnet').searchParams.get('token') ??
      '';
    const hash = (text: string) => createHash('sha256').update(text).digest();
    return timingSafeEqual(hash(given), hash(this.token));
  }
}

function requestsOf(parsed: unknown): { method?: unknown; id?: number | string }[] {
  const each: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return each.map((one) => (typeof one === 'object' && one !== null ? one : {}));
}

/** Seconds. */
const OLD_HEAD_AGE = 7_200;

/** The answer to one request, as the faults want it. */
async function spoilt(
  dispatcher: Dispatcher,
  request: unknown,
  scripted: ScriptedAnswer | undefined,
): Promise<RpcResponse> {
  if (scripted?.kind === 'error') {
    const { code, message } = scripted.error;
    return failure(requestsOf(request)[0]?.id ?? null, code, message);
  }
  const answer = await dispatcher.call(request);
  if (scripted?.kind !== 'old' || !('result' in answer)) return answer;
  const { Blocks, ...rest } = answer.result as { Blocks: { Timestamp: number }[] };
  const aged = Blocks.map((block) => ({ ...block, Timestamp: block.Timestamp - OLD_HEAD_AGE }));
  return { ...answer, result: { ...rest, Blocks: aged } };
}

/** go-jsonrpc answers 500 when a request never reached its method, 200 when the method itself failed. */
function statusOf(answer: RpcResponse): number {
  if (!('error' in answer)) return 200;
  if (answer.error.code === INVALID_REQUEST) return 400;
  return answer.error.code === METHOD_NOT_FOUND ? 500 : 200;
}

/** Over HTTP there are no subscriptions. */
function withoutStream(answer: RpcResponse): RpcResponse {
  if (!('result' in answer) || !(answer.result instanceof Stream)) return answer;
  return failure(answer.id, INVALID_REQUEST, 'subscriptions need a WebSocket');
}

function cidMultihash(text: string): Uint8Array | undefined {
  try {
    return CID.parse(text).multihash.bytes;
  } catch {
    return undefined;
  }
}

function rawMultihash(text: string): Uint8Array | undefined {
  try {
    return /^[0-9a-f]+$/i.test(text) ? base16.baseDecode(text.toLowerCase()) : base58btc.baseDecode(text);
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value);
  response.writeHead(status, {
    ...SIMULATED,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** @throws Error beyond BIGGEST_BODY. */
async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BIGGEST_BODY) throw new Error(`request bodies end at ${BIGGEST_BODY} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
