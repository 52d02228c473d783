import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '../../config/index.js';
import { CrossSiteRequest, InvalidCsrfToken } from '../domain/accounts.errors.js';
import type { OpenedSession } from '../verbs/log-in.js';

const NAME = 'tidewater_session';
/** A browser takes a cookie of this name from its own host alone, over TLS (RFC 6265bis, 4.1.3.2). */
const SECURE_NAME = `__Host-${NAME}`;
const CSRF_HEADER = 'x-csrf-token';
const SAFE = new Set(['GET', 'HEAD']);
/** Programs use these, by keys: a cookie that a browser sends along is not looked at. */
const BY_KEY_ALONE = /^\/(v2\/)?pinning(\/|$)/;

/**
 * Sessions of the page: a cookie that no script can read and no other site's page sends. Whoever only makes a browser send
 * it gets nowhere: the request must come from our own origin, and what changes anything needs a token that only a
 * script of our origin can read.
 */
@Injectable()
export class BrowserSessions {
  private readonly publicOrigin: string;

  constructor(config: AppConfig) {
    this.publicOrigin = new URL(config.publicUrl).origin;
  }

  /** The session that the cookie shows; null: none, or the route takes keys alone. */
  tokenOf(request: FastifyRequest): string | null {
    if (BY_KEY_ALONE.test(request.routeOptions.url ?? request.url)) return null;
    return request.cookies?.[this.isSecure(request) ? SECURE_NAME : NAME] ?? null;
  }

  /** Before a cookie is believed. @throws CrossSiteRequest, InvalidCsrfToken */
  assertOwnPage(request: FastifyRequest, token: string): void {
    this.assertSameOrigin(request);
    if (SAFE.has(request.method)) return;
    const given = request.headers[CSRF_HEADER];
    if (typeof given !== 'string' || !equal(given, csrfTokenOf(token)))
      throw new InvalidCsrfToken(`a session of the page needs the header ${CSRF_HEADER}, as GET /session says it`);
  }

  /**
   * What a browser says of where a request comes from: `Sec-Fetch-Site`, and `Origin`, which must be the host that is
   * asked (or PUBLIC_URL's, behind a proxy that rewrites it). Clients that say neither are no browsers.
   * @throws CrossSiteRequest
   */
  assertSameOrigin(request: FastifyRequest): void {
    const site = request.headers['sec-fetch-site'];
    const { origin } = request.headers;
    const foreign = site !== undefined && site !== 'same-origin' && site !== 'none';
    if (foreign || (origin !== undefined && !this.isOwn(origin, request)))
      throw new CrossSiteRequest("a session of the page is not for other sites' pages");
  }

  /** Sends the session to the browser, for as long as it lasts. */
  begin(request: FastifyRequest, reply: FastifyReply, { key, token }: OpenedSession): void {
    const secure = this.isSecure(request);
    void reply.header('cache-control', 'no-store').setCookie(secure ? SECURE_NAME : NAME, token, {
      ...this.attributes(secure),
      ...(key.expiresAt === null ? {} : { expires: key.expiresAt }),
    });
  }

  /** The browser forgets it. */
  end(request: FastifyRequest, reply: FastifyReply): void {
    const secure = this.isSecure(request);
    void reply.clearCookie(secure ? SECURE_NAME : NAME, this.attributes(secure));
  }

  private attributes(secure: boolean) {
    return { path: '/', httpOnly: true, sameSite: 'strict', secure } as const;
  }

  private isOwn(origin: string, request: FastifyRequest): boolean {
    if (origin === this.publicOrigin) return true;
    if (!URL.canParse(origin)) return false;
    const { protocol, host } = new URL(origin);
    return host === request.headers.host && (protocol === 'https:' || !this.isSecure(request));
  }

  /** By what clients are told to call us, or by what a trusted proxy says. */
  private isSecure(request: FastifyRequest): boolean {
    return this.publicOrigin.startsWith('https:') || request.protocol === 'https';
  }
}

/** Follows from the session and does not lead back to it. */
export function csrfTokenOf(token: string): string {
  return createHmac('sha256', token).update('tidewater csrf').digest('base64url');
}

function equal(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
