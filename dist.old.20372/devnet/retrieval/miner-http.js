import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveIpfs } from './ipfs-route.js';
import { servePiece } from './piece-route.js';
import { Reply } from './reply.js';
/**
 * The HTTP endpoint of one miner: trustless gateway and piece retrieval. Keeps its port between starts when it is free.
 */ export class MinerHttp {
    constructor(parts, miner){
        this.parts = parts;
        this.miner = miner;
        this.server = createServer((request, response)=>void this.serve(request, response));
    }
    /** On the port that it is told, or else that of last time, when that is free; the roster learns of a new one. */ async listen(told) {
        const { roster } = this.parts;
        const before = roster.port(this.miner.address);
        const port = await bind(this.server, told ?? before).catch(()=>bind(this.server, 0));
        if (port !== before) roster.setPort(this.miner.address, port);
    }
    /** Ends open answers as well. */ async close() {
        this.server.closeAllConnections();
        await new Promise((resolve)=>this.server.close(resolve));
    }
    /** As its character says: one that is down hangs up, one with sealed data only answers 402. */ async serve(request, response) {
        const { roster, blocks } = this.parts;
        const character = roster.character(this.miner);
        if (character === 'down') return void request.socket.destroy();
        await sleep(this.miner.latencyMs / 2);
        const reply = new Reply(request, response, ()=>roster.speed(this.miner));
        const context = {
            miner: this.miner,
            lies: character === 'lie',
            blocks
        };
        try {
            const url = new URL(request.url ?? '/', 'http://miner');
            if (request.method !== 'GET' && request.method !== 'HEAD') return reply.error(405, 'method-not-allowed', 'only GET and HEAD');
            if (character === 'sealed-only' && /^\/(ipfs|piece)\//.test(url.pathname)) {
                return reply.error(402, 'sealed-only', `miner ${this.miner.address} keeps no unsealed copy; unsealing is sold on the retrieval market (ClientMinerQueryOffer)`);
            }
            if (url.pathname.startsWith('/ipfs/')) return await serveIpfs(context, url, request, reply);
            if (url.pathname.startsWith('/piece/')) return await servePiece(context, url, request, reply);
            reply.error(404, 'not-found', 'this miner serves /ipfs/{cid} and /piece/{pieceCid}');
        } catch (error) {
            reply.fail(error);
        }
    }
}
/** Resolves to the port that it listens on. */ function bind(server, port) {
    return new Promise((resolve, reject)=>{
        server.once('error', reject);
        server.listen(port, '127.0.0.1', ()=>{
            server.off('error', reject);
            resolve(server.address().port);
        });
    });
}

//# sourceMappingURL=miner-http.js.map
