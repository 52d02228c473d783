import { LotusRPC } from '@filecoin-shipyard/lotus-client-rpc';
import { mainnet } from '@filecoin-shipyard/lotus-client-schema';
import { ChainCallFailed, ChainUnavailable } from '../../chain/index.js';
import { DomainError } from '../../shared/index.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { HttpTransport } from './http-transport.js';
import { LotusTimeout, LotusUnreachable } from './json-rpc-failure.js';
/** Methods that are younger than the schema package (2022). */ const schema = {
    methods: {
        ...mainnet.fullNode.methods,
        StateGetNetworkParams: {}
    }
};
/**
 * One Lotus node, asked through LotusRPC. Every call has a time limit, gives up with its signal, checks the answer's
 * shape, and ends in a failure with a name: ChainUnavailable, ChainUnauthorized, ChainMethodMissing or ChainCallFailed.
 */ export class LotusClient {
    constructor(options){
        this.options = options;
        // Lotus serves HTTP and WebSocket at one address. Nothing here subscribes, so HTTP it is.
        this.endpoint = {
            url: options.url.replace(/^ws/, 'http'),
            token: options.token
        };
        this.breaker = new CircuitBreaker(options.clock);
    }
    /** The ordinary limit of a call. */ get timeoutMs() {
        return this.options.timeoutMs;
    }
    /**
   * `answer`: the shape that the method's result must have; a result of another shape is ChainCallFailed.
   * @throws ChainUnavailable, ChainUnauthorized, ChainMethodMissing, ChainCallFailed, or the signal's reason
   */ async call(method, params, answer, options = {}) {
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
   */ async callMany(method, params, answer, { signal, timeoutMs = this.options.timeoutMs } = {}) {
        signal?.throwIfAborted();
        this.breaker.enter();
        const ended = this.options.started?.(`${method} (batch)`);
        try {
            const results = await new HttpTransport(this.endpoint, timeoutMs, signal).sendMany(`Filecoin.${method}`, params);
            this.breaker.succeeded();
            ended?.('done');
            if (results === null) return null;
            return results.map((result)=>{
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
    async askTwice(method, params, options) {
        try {
            return await this.ask(method, params, options);
        } catch (error) {
            if (!options.idempotent || !(error instanceof LotusUnreachable)) throw error;
            return this.ask(method, params, options);
        }
    }
    /** A client for each call: LotusRPC has no place for a signal, and this way no call can spoil another. */ async ask(method, params, { signal, timeoutMs }) {
        const rpc = new LotusRPC(new HttpTransport(this.endpoint, timeoutMs ?? this.options.timeoutMs, signal), {
            schema
        });
        const send = rpc[method];
        if (send === undefined) throw new Error(`${method} is not in the schema`);
        return send(...params);
    }
    judge(error, { onBehalf }) {
        if (error instanceof LotusUnreachable || error instanceof LotusTimeout && !onBehalf) this.breaker.failed();
        else if (error instanceof DomainError && !(error instanceof ChainUnavailable)) this.breaker.succeeded();
        else this.breaker.undecided();
    }
}
function shapeless(method, error) {
    return new ChainCallFailed(`${method}: the answer does not look as Lotus documents it`, {
        details: {
            method,
            fields: error.issues.map((issue)=>issue.path.join('.'))
        }
    });
}

//# sourceMappingURL=lotus-client.js.map
