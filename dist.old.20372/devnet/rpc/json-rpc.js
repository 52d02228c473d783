/**
 * JSON-RPC 2.0 as go-jsonrpc speaks it: positional params, code 1 for errors of methods, subscriptions over WebSocket.
 */ export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
const METHOD_FAILED = 1;
/** What a method was given makes no sense: code -32602. */ export class InvalidParams extends Error {
}
/** Marks a result that is a stream of values. */ export class Stream {
    constructor(start){
        this.start = start;
    }
}
/** The methods of one namespace. Never rejects: every failure is an answer. */ export class Dispatcher {
    constructor(namespace, methods){
        this.methods = new Map(Object.entries(methods).map(([name, method])=>[
                namespace + name,
                method
            ]));
    }
    names() {
        return [
            ...this.methods.keys()
        ].sort();
    }
    /** Answers one request; a result that is a Stream is for the caller to open. */ async call(request) {
        if (!isRequest(request)) return failure(null, INVALID_REQUEST, 'Invalid request');
        const id = request.id ?? null;
        const method = this.methods.get(request.method);
        if (!method) return failure(id, METHOD_NOT_FOUND, `method '${request.method}' not found`);
        try {
            const result = await method(...request.params ?? []);
            return {
                jsonrpc: '2.0',
                id,
                result: result === undefined ? null : result
            };
        } catch (error) {
            const message = error instanceof Error ? error.message : String(error);
            return failure(id, error instanceof InvalidParams || error instanceof TypeError ? INVALID_PARAMS : METHOD_FAILED, message);
        }
    }
}
export function failure(id, code, message) {
    return {
        jsonrpc: '2.0',
        id,
        error: {
            code,
            message
        }
    };
}
function isRequest(value) {
    if (typeof value !== 'object' || value === null || !('method' in value) || typeof value.method !== 'string') return false;
    return !('params' in value) || value.params === null || Array.isArray(value.params);
}

//# sourceMappingURL=json-rpc.js.map
