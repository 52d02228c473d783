import { ChainCallFailed, ChainMethodMissing, ChainUnauthorized, ChainUnavailable } from '../../chain/index.js';
const METHOD_NOT_FOUND = -32601;
/** No answer within the time. Whether the node did what it was asked is unknown. */ export class LotusTimeout extends ChainUnavailable {
}
/** The connection failed before or while the answer came: the kind of failure that the circuit breaker counts. */ export class LotusUnreachable extends ChainUnavailable {
}
/** The name of a JSON-RPC error that a node answered with. */ export function nameRpcError(method, code, message) {
    const details = {
        method,
        rpcCode: code
    };
    if (code === METHOD_NOT_FOUND || /^method '?[\w.]+'? (not found|does not exist)|method .* not supported/i.test(message)) {
        return new ChainMethodMissing(`the Filecoin node does not have ${method}: ${message}`, {
            details
        });
    }
    if (/missing permission to invoke/i.test(message)) return new ChainUnauthorized(`the Filecoin node's token does not allow ${method}`, {
        details
    });
    return new ChainCallFailed(`${method}: ${message}`, {
        details
    });
}
/** The name of an HTTP answer that is not JSON-RPC. */ export function nameHttpFailure(method, status) {
    const details = {
        method,
        httpStatus: status
    };
    if (status === 401 || status === 403) return new ChainUnauthorized(`the Filecoin node refuses our token (HTTP ${status})`, {
        details
    });
    if (status >= 500) return new LotusUnreachable(`the Filecoin node answers HTTP ${status}`, {
        details
    });
    if (status >= 300) return new ChainUnavailable(`the Filecoin node answers HTTP ${status} instead of JSON-RPC`, {
        details
    });
    return new LotusUnreachable('the Filecoin node answers something that is not JSON-RPC', {
        details
    });
}

//# sourceMappingURL=json-rpc-failure.js.map
