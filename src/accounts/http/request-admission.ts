import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '../../config/index.js';
import { Admission, PUBLIC_ROUTE, type RouteTarget, TooManyRequests } from '../../platform/http/index.js';
import { clientOf } from '../../platform/net/index.js';
import { type RateRule, Rates } from '../../platform/rates/index.js';
import { DomainError } from '../../shared/index.js';
import { VerifyToken } from '../verbs/verify-token.js';
import { ScopeGuard } from './access.guards.js';
import { AuthenticationGuard, tokenIn } from './authentication.guard.js';
import type { AuthenticatedRequest } from './decorators.js';

/** So much of every rate may come at once. */
export const BURST_SECONDS = 30;
/** A key that is none costs its address as much as so many other requests: each is a look into the database. */
const WRONG_KEY_COST = 10;
/** What watches the platform is not to suffer from who else asks at its address: a rate of its own. */
const PROBES = /^\/(health|ready)(\?|$)/;

/**
 * Who comes in, judged by the head of a request, before a byte of its body is read: the key, what it may do, and the
 * rates of the key, its account, and of the address that shows none. The guards of the same names stand behind it.
 */
@Injectable()
export class RequestAdmission implements OnModuleInit {
  private readonly keys: RateRule;
  private readonly accounts: RateRule;
  private readonly addresses: RateRule;

  constructor(
    private readonly admission: Admission,
    private readonly authentication: AuthenticationGuard,
    private readonly scopes: ScopeGuard,
    private readonly verifyToken: VerifyToken,
    private readonly rates: Rates,
    private readonly reflector: Reflector,
    { values }: AppConfig,
  ) {
    this.keys = ruleOf(values.KEY_REQUESTS_PER_SECOND);
    this.accounts = ruleOf(values.ACCOUNT_REQUESTS_PER_SECOND);
    this.addresses = ruleOf(values.ADDRESS_REQUESTS_PER_SECOND);
  }

  onModuleInit(): void {
    this.admission.use((request, reply, target) => this.admit(request, reply, target));
  }

  /** @throws TooManyRequests, AuthMissing, AuthMissingBearer, InvalidToken, TokenExpired, NotAuthorized */
  private async admit(request: AuthenticatedRequest, reply: FastifyReply, target: RouteTarget | null): Promise<void> {
    const address = `${PROBES.test(request.url) ? 'probe' : 'address'}:${clientOf(request.ip)}`;
    if (target === null || this.isPublic(target)) {
      await this.pass(address, this.addresses, 'this address');
      return;
    }
    const token = tokenIn(request.headers.authorization);
    if (token === null || !this.verifyToken.hasSeen(token)) await this.pass(address, this.addresses, 'this address');
    await this.authenticate(request, reply, target, address);
    const { caller } = request;
    if (!caller) throw new Error('a request without a caller passed authentication');
    await this.pass(`key:${caller.keyId}`, this.keys, 'this key');
    await this.pass(`account:${caller.userId}`, this.accounts, 'this account');
    this.scopes.canActivate(contextOf(request, reply, target));
  }

  private async authenticate(
    request: FastifyRequest,
    reply: FastifyReply,
    target: RouteTarget,
    address: string,
  ): Promise<void> {
    try {
      await this.authentication.canActivate(contextOf(request, reply, target));
    } catch (error) {
      if (error instanceof DomainError && error.status === 401 && tokenIn(request.headers.authorization) !== null)
        await this.charge(address);
      throw error;
    }
  }

  private async charge(address: string): Promise<void> {
    if (this.addresses.perSecond > 0) await this.rates.take(address, this.addresses, WRONG_KEY_COST - 1);
  }

  private isPublic({ handler, controller }: RouteTarget): boolean {
    return this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, [handler, controller]) === true;
  }

  /** @throws TooManyRequests */
  private async pass(subject: string, rule: RateRule, who: string): Promise<void> {
    if (rule.perSecond === 0) return;
    const verdict = this.rates.take(subject, rule);
    const { taken, waitMs } = verdict instanceof Promise ? await verdict : verdict;
    if (!taken) throw new TooManyRequests(`${who} may send ${rule.perSecond} requests a second`, waitMs);
  }
}

function ruleOf(perSecond: number): RateRule {
  return { perSecond, burst: perSecond * BURST_SECONDS };
}

/** What Nest's guards ask of. */
function contextOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { controller, handler }: RouteTarget,
): ExecutionContextHost {
  return new ExecutionContextHost([request, reply], controller, handler);
}
