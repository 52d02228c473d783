import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Strategy } from 'passport-http-bearer';
import { PUBLIC_ROUTE } from '../../platform/http/index.js';
import { AuthMissing, AuthMissingBearer, InvalidToken } from '../domain/accounts.errors.js';
import type { Caller } from '../domain/caller.js';
import { VerifyToken } from '../verbs/verify-token.js';
import { BrowserSessions, csrfTokenOf } from './browser-sessions.js';
import type { AuthenticatedRequest } from './decorators.js';

/** The token of an Authorization header (RFC 6750, 2.1); null where there is none. */
export function tokenIn(header: string | undefined): string | null {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? null;
}

/** RFC 6750 bearer tokens through passport. */
@Injectable()
export class BearerStrategy extends PassportStrategy(Strategy, 'bearer') {
  constructor(private readonly verifyToken: VerifyToken) {
    super();
  }

  /** Passport calls it with the header's token. @throws InvalidToken, TokenExpired */
  validate(token: string): Promise<Caller> {
    return this.verifyToken.run(token);
  }
}

/** First guard of every route: a good key, or a public route. */
@Injectable()
export class AuthenticationGuard extends AuthGuard('bearer') {
  constructor(
    private readonly reflector: Reflector,
    private readonly browsers: BrowserSessions,
    private readonly verifyToken: VerifyToken,
  ) {
    super();
  }

  /**
   * On public routes the header is not looked at: a wrong key there is no error. Without a header the cookie of the page
   * counts. @throws AuthMissing, AuthMissingBearer, InvalidToken, TokenExpired, CrossSiteRequest, InvalidCsrfToken
   */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, [context.getHandler(), context.getClass()]))
      return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const { headers, caller } = request;
    // Looked at already, before the body came in (RequestAdmission).
    if (caller) return true;
    const header = headers.authorization;
    if (header === undefined || header.trim() === '') {
      if (await this.acceptCookie(request, context)) return true;
      throw new AuthMissing('an API key is needed: Authorization: Bearer <key>');
    }
    if (tokenIn(header) === null) throw new AuthMissingBearer('the Authorization header has no bearer token');
    return (await super.canActivate(context)) === true;
  }

  /** What the request shows: the header's token, else the cookie's; null: neither. Says nothing of its being good. */
  tokenOf(request: FastifyRequest): string | null {
    return tokenIn(request.headers.authorization) ?? this.browsers.tokenOf(request);
  }

  /**
   * Only where there is no header: a session of the page. What it gets is not kept by any cache.
   * @throws CrossSiteRequest, InvalidCsrfToken, InvalidToken, TokenExpired
   */
  private async acceptCookie(request: AuthenticatedRequest, context: ExecutionContext): Promise<boolean> {
    const token = this.browsers.tokenOf(request);
    if (token === null) return false;
    this.browsers.assertOwnPage(request, token);
    const caller = await this.verifyToken.run(token, 'cookie');
    Object.assign(request, { caller, csrfToken: csrfTokenOf(token) });
    void context.switchToHttp().getResponse<FastifyReply>().header('cache-control', 'no-store');
    return true;
  }

  /**
   * Passport sees the header alone: tokens in queries and bodies end up in logs (RFC 6750, 5.3), so they don't count.
   */
  override getRequest(context: ExecutionContext): { headers: { authorization: string | undefined } } {
    const authorization = context.switchToHttp().getRequest<AuthenticatedRequest>().headers.authorization;
    return { headers: { authorization: authorization?.replace(/ +/, ' ') } };
  }

  /**
   * Puts the caller on the request, where `CurrentUser` and the later guards find it. Errors that have a name keep it.
   * @throws InvalidToken when passport found nobody
   */
  override handleRequest<Who>(error: unknown, caller: Who | false, _info: unknown, context: ExecutionContext): Who {
    if (error !== null && error !== undefined)
      throw error instanceof Error ? error : new InvalidToken('the token is not valid', { cause: error });
    if (!caller) throw new InvalidToken('the token is not valid');
    Object.assign(context.switchToHttp().getRequest<AuthenticatedRequest>(), { caller });
    return caller;
  }
}
