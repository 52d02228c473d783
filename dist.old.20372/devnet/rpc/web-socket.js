import { WebSocketServer } from 'ws';
import { SIMULATED } from '../retrieval/reply.js';
import { failure, PARSE_ERROR, Stream } from './json-rpc.js';
/** Bytes. */ const BIGGEST_REQUEST = 8 * 2 ** 20;
/** JSON-RPC over WebSocket with go-jsonrpc's channels: `xrpc.ch.val`, `xrpc.ch.close`, `xrpc.cancel`. */ export function serveWebSocket(server, dispatcher, allowed) {
    const sockets = new WebSocketServer({
        noServer: true,
        maxPayload: BIGGEST_REQUEST
    });
    sockets.on('headers', (headers)=>headers.push(...Object.entries(SIMULATED).map(([name, value])=>`${name}: ${value}`)));
    server.on('upgrade', (request, socket, head)=>{
        const path = (request.url ?? '').split('?')[0];
        if (path !== '/rpc/v0' && path !== '/rpc/v1') return void socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
        if (!allowed(request)) return void socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
        sockets.handleUpgrade(request, socket, head, (ws)=>new Connection(ws, dispatcher));
    });
    return sockets;
}
/** One client. Its subscriptions end with it. */ let Connection = class Connection {
    constructor(socket, dispatcher){
        this.socket = socket;
        this.dispatcher = dispatcher;
        this.channels = 0;
        /** Running subscriptions by the id of the request that opened them. */ this.open = new Map();
        socket.on('message', (data)=>void this.onMessage(data));
        socket.on('error', ()=>socket.terminate());
        socket.on('close', ()=>{
            for (const { stop } of this.open.values())stop();
            this.open.clear();
        });
    }
    async onMessage(data) {
        const request = parse(String(data));
        if (request === undefined) return this.send(failure(null, PARSE_ERROR, 'Parse error'));
        const { method, id, params } = request;
        if (method === 'xrpc.cancel') return this.cancel(params?.[0]);
        const response = await this.dispatcher.call(request);
        if ('result' in response && response.result instanceof Stream) return this.subscribe(response, response.result);
        if (id !== undefined) this.send(response);
    }
    /** Answers with the channel's number first, then sends values on it. */ subscribe(response, stream) {
        const channel = ++this.channels;
        this.send({
            jsonrpc: '2.0',
            id: response.id,
            result: channel
        });
        const stop = stream.start((value)=>this.send({
                jsonrpc: '2.0',
                method: 'xrpc.ch.val',
                params: [
                    channel,
                    value
                ]
            }));
        if (this.socket.readyState !== this.socket.OPEN) return stop();
        this.open.set(response.id, {
            channel,
            stop
        });
    }
    cancel(requestId) {
        const subscription = this.open.get(requestId);
        if (!subscription) return;
        this.open.delete(requestId);
        subscription.stop();
        this.send({
            jsonrpc: '2.0',
            method: 'xrpc.ch.close',
            params: [
                subscription.channel
            ]
        });
    }
    send(message) {
        if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(message));
    }
};
function parse(text) {
    try {
        const value = JSON.parse(text);
        return typeof value === 'object' && value !== null ? value : undefined;
    } catch  {
        return undefined;
    }
}

//# sourceMappingURL=web-socket.js.map
