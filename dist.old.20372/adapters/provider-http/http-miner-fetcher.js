import { FetchFailed, MinerFetcher } from '../../retrieval/index.js';
import { OutboundHttp } from '../../platform/http-client/index.js';
import { failureOfError, failureOfStatus } from './http-failure.js';
import { rangeOf, withMinimumRate } from './stream-guards.js';
/** A miner that takes longer to accept a connection is not reachable. */ const CONNECT_MS = 5_000;
/** So much of an error page is read. */ const ERROR_TEXT_BYTES = 2_048;
/** Trustless gateway specification: from the root down, each block once (IPIP-412). */ const CAR_TYPE = 'application/vnd.ipld.car;version=1;order=dfs;dups=n';
/**
 * Trustless gateways and piece endpoints of storage providers (booster-http, Curio, the devnet). Redirects are not
 * followed.
 */ export class HttpMinerFetcher extends MinerFetcher {
    constructor(options){
        super(), this.options = options;
        this.http = new OutboundHttp(options.policy, CONNECT_MS);
    }
    async *car(baseUrl, root, limits) {
        // Both forms of asking: older gateways read only the one or the other (IPIP-523).
        yield* this.body(baseUrl, `/ipfs/${root}?format=car&dag-scope=all`, {
            accept: CAR_TYPE
        }, limits, ({ statusCode }, body)=>{
            if (statusCode !== 200) throw new FetchFailed('http-status', `HTTP ${statusCode} where a CAR was asked for`);
            return body;
        });
    }
    async *piece(baseUrl, pieceCid, range, limits) {
        const { offset, length } = range;
        const headers = {
            accept: '*/*',
            range: `bytes=${offset}-${offset + length - 1}`
        };
        yield* this.body(baseUrl, `/piece/${pieceCid}`, headers, limits, (answer, body)=>{
            if (answer.statusCode === 206) {
                const [, start] = /^bytes (\d+)-/.exec(String(answer.headers['content-range'] ?? '')) ?? [];
                if (Number(start) !== offset) throw new FetchFailed('wrong-bytes', 'it answered with another range than was asked for');
                return rangeOf(body, 0, length);
            }
            return rangeOf(body, offset, length);
        });
    }
    /**
   * Asks, and passes the body on as `shape` cuts it. Whatever breaks is a FetchFailed; only the caller's own abort
   * surfaces as its reason.
   */ async *body(baseUrl, path, headers, limits, shape) {
        const answer = await this.open(baseUrl, path, headers, limits);
        try {
            const body = withMinimumRate(answer.body, this.options.minimumRate);
            for await (const chunk of shape(answer, body)){
                limits.signal.throwIfAborted();
                yield chunk;
            }
        } catch (error) {
            limits.signal.throwIfAborted();
            throw failureOfError(error, true);
        } finally{
            // Whatever is left is not wanted: the connection ends here rather than being read to its end.
            answer.body.on('error', ()=>undefined).destroy();
        }
    }
    /** Up to the head of the answer. @throws FetchFailed for any status but 200 and 206. */ async open(baseUrl, path, headers, limits) {
        let answer;
        try {
            const url = new URL(`${baseUrl.replace(/\/+$/, '')}${path}`);
            answer = await this.http.get(url, {
                headers,
                signal: limits.signal,
                idleMs: limits.idleMs
            });
        } catch (error) {
            limits.signal.throwIfAborted();
            throw failureOfError(error, false);
        }
        if (answer.statusCode === 200 || answer.statusCode === 206) return answer;
        throw failureOfStatus(answer.statusCode, await firstText(answer));
    }
}
/** The beginning of an error's body; it may be anything, of any length. */ async function firstText(answer) {
    const parts = [];
    let size = 0;
    try {
        for await (const part of answer.body){
            parts.push(part);
            size += part.length;
            if (size >= ERROR_TEXT_BYTES) break;
        }
    } catch  {
    // The status has said enough.
    }
    return Buffer.concat(parts).subarray(0, ERROR_TEXT_BYTES).toString('utf8');
}

//# sourceMappingURL=http-miner-fetcher.js.map
