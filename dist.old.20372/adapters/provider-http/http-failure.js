import { FetchFailed } from '../../retrieval/index.js';
import { messageOf } from '../../shared/index.js';
/** undici's and the system's codes of a connection that never was. */ const NO_CONNECTION = new Set([
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ETIMEDOUT',
    'EADDRNOTAVAIL',
    'UND_ERR_CONNECT_TIMEOUT',
    'ADDRESS_REFUSED',
    'ERR_INVALID_URL'
]);
/** Nothing came for as long as the caller waits. */ const SILENCE = new Set([
    'UND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_BODY_TIMEOUT'
]);
/** A status that is not the answer, in our words (FRC-0066; booster-http and Curio say 404 for sealed pieces, too). */ export function failureOfStatus(status, text) {
    const told = text.replace(/\s+/g, ' ').slice(0, 200);
    if (status === 402 || /none are unsealed|sealed-only/i.test(text)) return new FetchFailed('sealed-only', `it keeps no unsealed copy (HTTP ${status}: ${told})`);
    if (status === 404 || status === 410) return new FetchFailed('not-held', `it does not have it (HTTP ${status}: ${told})`);
    return new FetchFailed('http-status', `HTTP ${status}: ${told}`);
}
/** What broke before the body (`begun` false) or within it, by the code of the error or of what caused it. */ export function failureOfError(error, begun) {
    if (error instanceof FetchFailed) return error;
    const code = codeOf(error);
    if (SILENCE.has(code)) return new FetchFailed('timeout', begun ? 'it stopped sending' : 'it did not begin to answer', error);
    if (begun) return new FetchFailed('truncated', `the connection broke off (${code || messageOf(error)})`, error);
    if (NO_CONNECTION.has(code)) return new FetchFailed('unreachable', `it cannot be reached (${code})`, error);
    return new FetchFailed('unreachable', `the connection broke before an answer (${code || messageOf(error)})`, error);
}
/** undici wraps the system's error: the code may be in a cause. */ function codeOf(error) {
    if (!(error instanceof Error)) return '';
    if ('code' in error && typeof error.code === 'string') return error.code;
    return error.cause === undefined ? '' : codeOf(error.cause);
}

//# sourceMappingURL=http-failure.js.map
