import { createReadStream } from 'node:fs';
import { corrupt } from '../miners/characters.js';
const CHUNK = 256 * 1024;
/** `GET /piece/{pieceCid}`: the bytes of the CAR as the miner received them, with ranges. */ export async function servePiece(context, url, request, reply) {
    const pieceCid = url.pathname.slice('/piece/'.length);
    const found = context.blocks.piece(pieceCid, context.miner.address);
    if (!found) return reply.error(404, 'not-held', `miner ${context.miner.address} does not hold piece ${pieceCid}`);
    const etag = `"${pieceCid}"`;
    const range = rangeOf(request.headers.range, found.size);
    if (range === 'unsatisfiable') return reply.error(416, 'invalid-range', `the piece has ${found.size} bytes`, {
        'Content-Range': `bytes */${found.size}`
    });
    const { start, end } = range ?? {
        start: 0,
        end: found.size - 1
    };
    reply.head(range ? 206 : 200, {
        'Content-Type': 'application/piece',
        'Content-Length': end - start + 1,
        'Accept-Ranges': 'bytes',
        'Cache-Control': 'public, max-age=29030400, immutable',
        Etag: etag,
        ...range ? {
            'Content-Range': `bytes ${start}-${end}/${found.size}`
        } : {}
    });
    if (reply.isHead) return reply.end();
    await reply.stream(bytesOf(found.path, start, end, context.lies));
}
/** From `start` to `end`, both included. */ async function* bytesOf(path, start, end, lies) {
    let offset = start;
    for await (const chunk of createReadStream(path, {
        start,
        end,
        highWaterMark: CHUNK
    })){
        yield lies ? corrupt(chunk, offset) : chunk;
        offset += chunk.length;
    }
}
/** One range of RFC 9110; several ranges or other units are ignored, as the RFC allows. */ export function rangeOf(header, size) {
    const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
    if (!match || !match[1] && !match[2]) return undefined;
    const start = match[1] ? Number(match[1]) : Math.max(0, size - Number(match[2]));
    const end = match[1] && match[2] ? Math.min(Number(match[2]), size - 1) : size - 1;
    return start > end || start >= size ? 'unsatisfiable' : {
        start,
        end
    };
}

//# sourceMappingURL=piece-route.js.map
