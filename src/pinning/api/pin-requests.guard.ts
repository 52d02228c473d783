import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { type RateRule, Rates } from '../../platform/rates/index.js';
import { TooManyRequests } from '../pinning.errors.js';
import { PinPresenter } from './pin.presenter.js';

/** Kubo looks at a pin that it waits for this often. */
const POLLS_PER_SECOND = 2;
/** So many seconds' worth may be spent in one go. */
const BURST_SECONDS = 30;

/**
 * A rate per API key on these routes, shared by all processes. X-RateLimit-Reset is a Unix time in seconds, which is how
 * the official suite and most clients read it; it names when the next request is let through, or, while there are
 * requests left, when all of them are there again. Who has used up the rate may still look at a pin twice a second,
 * whatever the rate is.
 */
@Injectable()
export class RequestRate implements CanActivate {
  private readonly rule: RateRule;

  constructor(
    config: AppConfig,
    private readonly rates: Rates,
  ) {
    this.rule = ruleOf(config.values.PIN_REQUESTS_PER_SECOND);
  }

  /** @throws TooManyRequests */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { caller, method, params } = context
      .switchToHttp()
      .getRequest<{ caller?: Caller; method?: string; params?: { requestid?: string } }>();
    if (this.rule.perSecond === 0 || !caller) return true;
    const { taken, left, nextAt, waitMs, fullAt } = await this.rates.take(`pins:${caller.keyId}`, this.rule);
    void context
      .switchToHttp()
      .getResponse<FastifyReply>()
      .headers({
        'x-ratelimit-limit': String(this.rule.burst),
        'x-ratelimit-remaining': String(left),
        'x-ratelimit-reset': String(Math.ceil((left === 0 ? nextAt : fullAt) / 1000)),
      });
    if (taken) return true;
    const polling = method === 'GET' && params?.requestid !== undefined;
    if (polling && (await this.rates.take(`polls:${caller.keyId}`, ruleOf(POLLS_PER_SECOND))).taken) return true;
    throw new TooManyRequests(this.rule.perSecond, waitMs);
  }
}

function ruleOf(perSecond: number): RateRule {
  return { perSecond, burst: perSecond * BURST_SECONDS };
}

/** Before anything is stored: an answer could not be given without delegates. */
@Injectable()
export class DelegatesKnown implements CanActivate {
  constructor(private readonly presenter: PinPresenter) {}

  /** @throws NoIpfsNode while no node of ours has ever been up */
  async canActivate(): Promise<boolean> {
    return (await this.presenter.addresses()).length > 0;
  }
}
