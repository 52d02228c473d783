import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { Clock } from '../../shared/index.js';
import { TooManyRequests } from '../pinning.errors.js';
import { PinPresenter } from './pin.presenter.js';

/** Of the most recent so many keys the rates are kept; others begin with a full bucket. */
const MOST_KEYS = 10_000;
/** Kubo looks at a pin that it waits for this often. */
const POLLS_PER_SECOND = 2;

/**
 * A rate per API key. X-RateLimit-Reset is a Unix time in seconds, which is how the official suite and most clients
 * read it; it names when the next request is let through, or, while there are requests left, when all of them are there
 * again. Who has used up the rate may still look at a pin twice a second, whatever the rate is.
 */
@Injectable()
export class RequestRate implements CanActivate {
  /** Who is silent for half a minute has a full bucket, and needs none kept. */
  private readonly buckets = new LRUCache<string, TokenBucket>({ max: MOST_KEYS });
  private readonly polls = new LRUCache<string, TokenBucket>({ max: MOST_KEYS });

  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const perSecond = this.config.values.PIN_REQUESTS_PER_SECOND;
    const { caller, method, params } = context
      .switchToHttp()
      .getRequest<{ caller?: Caller; method?: string; params?: { requestid?: string } }>();
    if (perSecond === 0 || !caller) return true;
    const now = this.clock.now().getTime();
    const bucket = bucketOf(this.buckets, caller.keyId, perSecond, now);
    const { taken, left, nextAt, fullAt } = bucket.take(now);
    void context
      .switchToHttp()
      .getResponse<FastifyReply>()
      .headers({
        'x-ratelimit-limit': String(bucket.size),
        'x-ratelimit-remaining': String(left),
        'x-ratelimit-reset': String(Math.ceil((left === 0 ? nextAt : fullAt) / 1000)),
      });
    const polling = method === 'GET' && params?.requestid !== undefined;
    if (taken || (polling && bucketOf(this.polls, caller.keyId, POLLS_PER_SECOND, now).take(now).taken)) return true;
    throw new TooManyRequests(perSecond, nextAt - now);
  }
}

function bucketOf(buckets: LRUCache<string, TokenBucket>, keyId: string, perSecond: number, now: number): TokenBucket {
  const bucket = buckets.get(keyId) ?? new TokenBucket(perSecond, now);
  buckets.set(keyId, bucket);
  return bucket;
}

/** So many seconds' worth may be spent in one go. */
const BURST_SECONDS = 30;

/**
 * Requests that a key may still send: refilled at a steady rate, up to half a minute's worth. (Fixed windows, as
 * limiters on npm have them, would let twice as many through at their edge, and who has used one up would wait for its
 * end instead of for one request.)
 */
export class TokenBucket {
  private tokens: number;

  constructor(
    private readonly perSecond: number,
    private at: number,
  ) {
    this.tokens = this.size;
  }

  get size(): number {
    return this.perSecond * BURST_SECONDS;
  }

  /**
   * Takes one request out, if there is one; `taken` is false when there was none.
   *
   * @param now - Unix time in ms; one that lies before the last one changes nothing but the count
   * @returns whole requests left, and when (Unix ms) the next one and when all of them are there again
   */
  take(now: number): { taken: boolean; left: number; nextAt: number; fullAt: number } {
    this.tokens = Math.min(this.size, this.tokens + (Math.max(0, now - this.at) / 1000) * this.perSecond);
    this.at = now;
    const taken = this.tokens >= 1;
    if (taken) this.tokens -= 1;
    const after = (missing: number) => now + (Math.max(0, missing) / this.perSecond) * 1000;
    return {
      taken,
      left: Math.floor(this.tokens),
      nextAt: after(1 - this.tokens),
      fullAt: after(this.size - this.tokens),
    };
  }
}

/** Before anything is stored: an answer could not be given without delegates. */
@Injectable()
export class DelegatesKnown implements CanActivate {
  constructor(private readonly presenter: PinPresenter) {}

  async canActivate(): Promise<boolean> {
    return (await this.presenter.addresses()).length > 0;
  }
}
