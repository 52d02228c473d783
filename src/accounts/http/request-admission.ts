import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { Admission, PUBLIC_ROUTE, type RouteTarget } from '../../platform/http/index.js';
import { clientOf } from '../../platform/net/index.js';
import { DomainError } from '../../shared/index.js';
import { hashToken } from '../domain/api-key.js';
import { ScopeGuard } from './access.guards.js';
import { AuthenticationGuard } from './authentication.guard.js';
import { ContentAdding } from '../verbs/content-adding.js';
import { ADDS_CONTENT_KEY, type AuthenticatedRequest } from './decorators.js';
import { RequestRates } from './request-rates.js';

/** A key that is none costs its address as much as so many other requests: each is a look into the database. */
const WRONG_KEY_COST = 10;
const KNOWN_MS = 10 * 60_000;
/** What watches the platform is not to suffer from who else asks at its address: a rate of its own. */
const PROBES = /^\/(health|ready)(\?|$)/;

/**
 * Who comes in, judged by the head of a request, before a byte of its body is read: the key, what it may do, and the
 * rates of the key, its account, and of the address that shows none. The guards of the same names stand behind it.
 */
@Injectable()
export class RequestAdmission implements OnModuleInit {
  /** Hashes of keys that were good lately: who shows one is no stranger who tries keys. It may be revoked since. */
  private readonly known = new LRUCache<string, true>({ max: 10_000, ttl: KNOWN_MS });

  constructor(
    private readonly admission: Admission,
    private readonly authentication: AuthenticationGuard,
    private readonly scopes: ScopeGuard,
    private readonly rates: RequestRates,
    private readonly contentAdding: ContentAdding,
    private readonly reflector: Reflector,
  ) {}

  /** From here on the server calls `admit` for every request, before its body is read. */
  onModuleInit(): void {
    this.admission.use((request, reply, target) => this.admit(request, reply, target));
  }

  /** @throws TooManyRequests, AuthMissing, AuthMissingBearer, InvalidToken, TokenExpired, NotAuthorized, ContentAddingDisabled */
  private async admit(request: AuthenticatedRequest, reply: FastifyReply, target: RouteTarget | null): Promise<void> {
    const address = `${PROBES.test(request.url) ? 'probe' : 'address'}:${clientOf(request.ip)}`;
    if (target === null || this.isPublic(target)) {
      await this.rates.passAddress(address);
      return;
    }
    const token = this.authentication.tokenOf(request);
    const hash = token === null ? null : hashToken(token);
    // Who tries keys is counted before anybody looks them up.
    if (hash === null || !this.known.has(hash)) await this.rates.passAddress(address);
    try {
      await this.authentication.canActivate(contextOf(request, reply, target));
    } catch (error) {
      if (token !== null && error instanceof DomainError && error.status === 401)
        await this.rates.charge(address, WRONG_KEY_COST - 1);
      throw error;
    }
    if (!request.caller) throw new Error('a request without a caller passed authentication');
    if (hash !== null && !this.known.has(hash)) this.known.set(hash, true);
    await this.rates.passCaller(request.caller);
    this.scopes.canActivate(contextOf(request, reply, target));
    if (this.addsContent(target)) await this.contentAdding.assertOnFor(request.caller.userId);
  }

  private addsContent({ handler, controller }: RouteTarget): boolean {
    return this.reflector.getAllAndOverride<boolean | undefined>(ADDS_CONTENT_KEY, [handler, controller]) === true;
  }

  private isPublic({ handler, controller }: RouteTarget): boolean {
    return this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, [handler, controller]) === true;
  }
}

/** What Nest's guards ask of. */
function contextOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { controller, handler }: RouteTarget,
): ExecutionContextHost {
  return new ExecutionContextHost([request, reply], controller, handler);
}
