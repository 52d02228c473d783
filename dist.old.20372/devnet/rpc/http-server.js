import { createServer } from 'node:http';
import { timingSafeEqual, createHash } from 'node:crypto';
import { CID } from 'multiformats/cid';
import { base16 } from 'multiformats/bases/base16';
import { base58btc } from 'multiformats/bases/base58';
import { Admin, AdminError } from '../admin/admin.js';
import { findProviders, findResponse } from '../retrieval/ipni.js';
import { SIMULATED } from '../retrieval/reply.js';
import { ethMethods } from './eth.js';
import { Dispatcher, failure, INVALID_REQUEST, METHOD_NOT_FOUND, PARSE_ERROR, Stream } from './json-rpc.js';
import { lotusMethods } from './methods/index.js';
import { serveWebSocket } from './web-socket.js';
/** Bytes. */ const BIGGEST_BODY = 8 * 2 ** 20;
export const NOTICE = 'devnet: simulated Filecoin network';
/** The one port of the network: Lotus JSON-RPC, Ethereum JSON-RPC, IPNI, admin, health. */ export class NetworkServer {
    constructor(net, token){
        this.net = net;
        this.token = token;
        this.lotus = new Dispatcher('Filecoin.', lotusMethods(net));
        this.admin = new Admin(net, NOTICE, this.lotus.names());
        this.eth = new Dispatcher('', ethMethods(net));
        this.server = createServer((request, response)=>{
            this.route(request, response).catch((error)=>{
                if (response.headersSent) return void response.destroy();
                const status = error instanceof AdminError ? 400 : 500;
                send(response, status, {
                    error: error instanceof Error ? error.message : String(error)
                });
            });
        });
        this.server.requestTimeout = 0;
        serveWebSocket(this.server, this.lotus, (request)=>this.allowed(request));
    }
    async route(request, response) {
        const url = new URL(request.url ?? '/', 'http://devnet');
        const [, first = '', second = ''] = url.pathname.split('/');
        if (first === 'rpc') return this.rpc(second, request, response);
        if (first === 'cid' || first === 'multihash') return this.find(first, second, request, response);
        if (first === 'admin') return send(response, 200, await this.admin.call(request.method ?? 'GET', second, await body(request)));
        if (first === 'health') return send(response, 200, {
            status: 'ok',
            network: this.net.name,
            height: this.net.clock.height,
            notice: NOTICE
        });
        send(response, 404, {
            error: `nothing at ${url.pathname}`
        });
    }
    /** /rpc/v0 and /rpc/v1 are Lotus' (with token, if one is set), /rpc/eth is Ethereum's. One request or a batch. */ async rpc(version, request, response) {
        const dispatcher = version === 'v0' || version === 'v1' ? this.lotus : version === 'eth' ? this.eth : undefined;
        if (!dispatcher) return send(response, 404, {
            error: `nothing at /rpc/${version}`
        });
        if (request.method !== 'POST') return send(response, 405, {
            error: 'POST JSON-RPC requests, or connect by WebSocket'
        });
        if (dispatcher === this.lotus && !this.allowed(request)) return send(response, 401, {
            error: 'missing or wrong token'
        });
        const parsed = parse(await body(request));
        if (parsed === undefined) return send(response, 500, failure(null, PARSE_ERROR, 'Parse error'));
        if (!Array.isArray(parsed)) {
            const answer = withoutStream(await dispatcher.call(parsed));
            return send(response, statusOf(answer), answer);
        }
        if (parsed.length === 0) return send(response, 400, failure(null, INVALID_REQUEST, 'Invalid request'));
        return send(response, 200, await Promise.all(parsed.map(async (one)=>withoutStream(await dispatcher.call(one)))));
    }
    /**
   * The find API of IPNI: JSON, or one line for each provider where the client takes ndjson. 404 when nobody holds it.
   */ find(kind, text, request, response) {
        const multihash = kind === 'cid' ? cidMultihash(text) : rawMultihash(text);
        if (!multihash) return send(response, 400, {
            error: `'${text}' is not a ${kind}`
        });
        const results = findProviders(this.net, multihash);
        if (results.length === 0) return send(response, 404, {
            error: 'no results for query'
        });
        if (!request.headers.accept?.includes('application/x-ndjson')) return send(response, 200, findResponse(multihash, results));
        response.writeHead(200, {
            ...SIMULATED,
            'Content-Type': 'application/x-ndjson'
        });
        response.end(results.map((result)=>`${JSON.stringify(result)}\n`).join(''));
    }
    /** By the Authorization header or `?token=`; compared in constant time. */ allowed(request) {
        if (!this.token) return true;
        const given = request.headers.authorization?.replace(/^Bearer /, '') ?? new URL(request.url ?? '/', 'http://devnet').searchParams.get('token') ?? '';
        const hash = (text)=>createHash('sha256').update(text).digest();
        return timingSafeEqual(hash(given), hash(this.token));
    }
}
/** go-jsonrpc answers 500 when a request never reached its method, 200 when the method itself failed. */ function statusOf(answer) {
    if (!('error' in answer)) return 200;
    if (answer.error.code === INVALID_REQUEST) return 400;
    return answer.error.code === METHOD_NOT_FOUND ? 500 : 200;
}
/** Over HTTP there are no subscriptions. */ function withoutStream(answer) {
    if (!('result' in answer) || !(answer.result instanceof Stream)) return answer;
    return failure(answer.id, INVALID_REQUEST, 'subscriptions need a WebSocket');
}
function cidMultihash(text) {
    try {
        return CID.parse(text).multihash.bytes;
    } catch  {
        return undefined;
    }
}
function rawMultihash(text) {
    try {
        return /^[0-9a-f]+$/i.test(text) ? base16.baseDecode(text.toLowerCase()) : base58btc.baseDecode(text);
    } catch  {
        return undefined;
    }
}
function send(response, status, value) {
    const text = JSON.stringify(value);
    response.writeHead(status, {
        ...SIMULATED,
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(text)
    });
    response.end(text);
}
/** @throws Error beyond BIGGEST_BODY. */ async function body(request) {
    const chunks = [];
    let size = 0;
    for await (const chunk of request){
        size += chunk.length;
        if (size > BIGGEST_BODY) throw new Error(`request bodies end at ${BIGGEST_BODY} bytes`);
        chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
}
function parse(text) {
    try {
        return JSON.parse(text);
    } catch  {
        return undefined;
    }
}

//# sourceMappingURL=http-server.js.map
