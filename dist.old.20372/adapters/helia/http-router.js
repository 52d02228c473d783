import { peerIdFromString } from '@libp2p/peer-id';
import { z } from 'zod';
/** Of one answer. A peer's record has some hundred bytes. */ const MOST_BYTES = 1024 ** 2;
const MOST_ADDRESSES = 32;
/** To decode a text in base 58 takes the square of its length: those of peers have 46 to 62 characters. */ const MOST_OF_AN_ID = 128;
const JSON_LINES = 'application/x-ndjson';
/**
 * Of a record what we use, in the schema `peer` and the older `bitswap`
 * (https://specs.ipfs.tech/routing/http-routing-v1/#known-schemas).
 */ const record = z.object({
    Schema: z.enum([
        'peer',
        'bitswap'
    ]),
    ID: z.string().max(MOST_OF_AN_ID),
    Addrs: z.array(z.string()).nullish()
});
const answerOf = z.object({
    Providers: z.array(z.unknown()).nullish()
});
/**
 * One HTTP router of the operator's (https://specs.ipfs.tech/routing/http-routing-v1/). What it answers is a
 * stranger's word: at most 1 MiB of it is read, what is no record of a peer is passed over, and a redirect is a failure,
 * for it would lead where nobody has looked. What it says of HTTP gateways is left aside.
 */ export class HttpRouter {
    constructor(url){
        this.base = url.replace(/\/+$/, '');
    }
    /**
   * Who has it, as the answer comes. Nobody, where the router knows nobody.
   * @throws when the router cannot be reached or answers something else than the specification has.
   */ async *providers(root, signal) {
        const filters = new URLSearchParams({
            'filter-addrs': 'tcp,unknown',
            'filter-protocols': 'unknown,transport-bitswap'
        });
        const response = await fetch(`${this.base}/routing/v1/providers/${root.toString()}?${filters.toString()}`, {
            headers: {
                accept: `${JSON_LINES}, application/json;q=0.8`
            },
            redirect: 'error',
            signal
        });
        // Older routers say 404 where they know nobody (IPIP-513).
        if (response.status === 404 || response.body === null) return void await response.body?.cancel();
        if (!response.ok) {
            await response.body.cancel();
            throw new Error(`the router answers HTTP ${response.status}`);
        }
        const isLines = (response.headers.get('content-type') ?? '').includes(JSON_LINES);
        for await (const value of isLines ? lines(response.body) : whole(response.body)){
            const peer = peerOf(value);
            if (peer) yield peer;
        }
    }
}
/** The records of an answer that is one JSON text. */ async function* whole(body) {
    const parts = [];
    for await (const part of limited(body))parts.push(part);
    yield* answerOf.parse(JSON.parse(Buffer.concat(parts).toString('utf8'))).Providers ?? [];
}
/** The records of an answer with one on each line. */ async function* lines(body) {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const part of limited(body)){
        const texts = (rest + decoder.decode(part, {
            stream: true
        })).split('\n');
        rest = texts.pop() ?? '';
        for (const text of texts)if (text.trim() !== '') yield JSON.parse(text);
    }
    if (rest.trim() !== '') yield JSON.parse(rest);
}
/** @throws when more comes than a router has to say. */ async function* limited(body) {
    let size = 0;
    for await (const part of body){
        size += part.length;
        if (size > MOST_BYTES) throw new Error('the router does not come to an end');
        yield part;
    }
}
/** Null for a record of something else, or of a peer whose id is none. */ function peerOf(value) {
    const { data } = record.safeParse(value);
    if (!data) return null;
    try {
        const id = peerIdFromString(data.ID).toString();
        return {
            id,
            addresses: (data.Addrs ?? []).slice(0, MOST_ADDRESSES)
        };
    } catch  {
        return null;
    }
}

//# sourceMappingURL=http-router.js.map
