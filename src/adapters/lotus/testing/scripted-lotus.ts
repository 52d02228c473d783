import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Ways in which a node, or what stands in front of it, goes wrong. */
export type Defect = 'unauthorized' | 'bad-gateway' | 'hang' | 'garbage' | 'cut' | 'empty' | 'redirect';

type Handler = (...params: never[]) => unknown;

export interface Seen {
  method: string;
  params: unknown[];
  authorization: string | undefined;
  contentType: string | undefined;
  url: string;
}

/**
 * A JSON-RPC server that answers what it is told, and fails as it is told. Errors go out as go-jsonrpc sends them: code
 * 1, HTTP 500.
 */
export class ScriptedLotus {
  readonly seen: Seen[] = [];
  readonly methods = new Map<string, Handler>();
  /** For every answer, until taken away. */
  defect: Defect | undefined;
  /** For the next answers only, in this order. */
  readonly once: Defect[] = [];
  private constructor(private readonly server: Server) {}

  static async start(methods: Record<string, Handler> = {}): Promise<ScriptedLotus> {
    const server = createServer();
    const lotus = new ScriptedLotus(server);
    for (const [name, handler] of Object.entries(methods)) lotus.methods.set(name, handler);
    server.on('request', (request, response) => void lotus.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return lotus;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/rpc/v1`;
  }

  /** Cuts every open connection, as a restart of the node does. */
  dropConnections(): void {
    this.server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString()) as {
      id: number;
      method: string;
      params: never[];
    };
    this.seen.push({
      method,
      params,
      authorization: request.headers.authorization,
      contentType: request.headers['content-type'],
      url: request.url ?? '',
    });
    const defect = this.once.shift() ?? this.defect;
    if (defect !== undefined) return misbehave(defect, response);
    const handler = this.methods.get(method.replace(/^Filecoin\./, ''));
    if (!handler)
      return reply(response, 500, {
        jsonrpc: '2.0',
        id,
        error: { code: -32601, message: `method '${method}' not found` },
      });
    try {
      reply(response, 200, { jsonrpc: '2.0', id, result: (await handler(...params)) ?? null });
    } catch (error) {
      reply(response, 500, { jsonrpc: '2.0', id, error: { code: 1, message: (error as Error).message } });
    }
  }
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function misbehave(defect: Defect, response: ServerResponse): void {
  const page = '<html><body><h1>nginx</h1></body></html>';
  switch (defect) {
    case 'unauthorized':
      return void response.writeHead(401).end('unauthorized');
    case 'bad-gateway':
      return void response.writeHead(502, { 'content-type': 'text/html' }).end(page);
    case 'garbage':
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(page);
    case 'empty':
      return void response.writeHead(200).end();
    case 'redirect':
      return void response.writeHead(302, { location: 'http://127.0.0.1:1/elsewhere' }).end();
    case 'cut':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"jsonrpc":"2.0","id":1,"res');
      return void setTimeout(() => response.destroy(), 10);
    case 'hang':
      return;
  }
}
