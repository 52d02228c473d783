import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerOf, errorBody, type ErrorAnswer } from './error-answer.js';

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;color:#1b2530;background:#fff}' +
  'h1{font-size:1.3rem}code{background:#eef1f4;padding:.1em .3em;border-radius:3px;overflow-wrap:anywhere}' +
  '@media(prefers-color-scheme:dark){body{color:#dde3e9;background:#14191f}code{background:#242c35}a{color:#7db7ff}}';

/** No script, no picture, nothing from elsewhere; nobody may frame it. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Whether somebody looks at this in a browser: a navigation, by `Accept` (RFC 9110, 12.5.1). Programs, also those in
 * pages, ask for JSON or for anything.
 */
export function isNavigation(request: Pick<FastifyRequest, 'method' | 'headers'>): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const accept = request.headers.accept ?? '';
  if (!/\btext\/html\b/i.test(accept) || /\bapplication\/json\b/i.test(accept)) return false;
  const mode = request.headers['sec-fetch-mode'];
  return mode === undefined || mode === 'navigate' || mode === 'nested-navigate';
}

/** Sends a failure: JSON in the one shape, or a page for people. Never cached. */
export function sendError(request: FastifyRequest, reply: FastifyReply, answer: ErrorAnswer): void {
  void reply.code(answer.status).header('cache-control', 'no-store').header('vary', 'Accept');
  if (isNavigation(request))
    void reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', POLICY)
      .header('x-content-type-options', 'nosniff')
      .send(errorPage(answer, request.id));
  else
    void reply
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify(errorBody(answer, request.url)));
}

/**
 * What the router refuses before any route is found, in the one shape: a path that cannot be decoded (400), a parameter
 * too long (414).
 */
export function refuseEarly(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const answer = answerOf(error, request.id);
  const details = answer.status === 414 ? 'a part of the path is too long' : 'the path cannot be decoded';
  sendError(request, reply, { ...answer, details });
}

/** The same as the JSON says, to be read. */
export function errorPage({ status, reason, details, retryAfterMs }: ErrorAnswer, requestId: string): string {
  const again =
    retryAfterMs === undefined ? '' : `<p>Try again in ${Math.max(1, Math.ceil(retryAfterMs / 1000))} seconds.</p>`;
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width,initial-scale=1">' +
    `<title>${status} ${escaped(reason)}</title><style>${STYLE}</style></head><body><main>` +
    `<h1>${status} <code>${escaped(reason)}</code></h1><p>${escaped(details)}</p>${again}` +
    `<p><small>Request <code>${escaped(requestId)}</code> · <a href="/">start</a> · ` +
    '<a href="/docs">API documentation</a></small></p></main></body></html>'
  );
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
}
