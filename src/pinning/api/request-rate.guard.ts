import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { Clock } from '../../shared/index.js';
import { TooManyRequests } from '../pinning.errors.js';
import { TokenBucket } from './token-bucket.js';

const MOST_KEYS = 10_000;
/** Kubo looks at a pin that it waits for this often. */
const POLLS_PER_SECOND = 2;

/**
 * A rate per API key. X-RateLimit-Reset is a Unix time in seconds, which is how the official suite and most clients read it;
 * it names when the next request is let through, or, while there are requests left, when all of them are there again.
 * Who has used up the rate may still look at a pin twice a second, whatever the rate is.
 */
@Injectable()
export class RequestRate implements CanActivate {
  /** The oldest in front: who is silent for half a minute has a full bucket, and needs none kept. */
  private readonly buckets = new Map<string, TokenBucket>();
  private readonly polls = new Map<string, TokenBucket>();

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

function bucketOf(buckets: Map<string, TokenBucket>, keyId: string, perSecond: number, now: number): TokenBucket {
  const bucket = buckets.get(keyId) ?? new TokenBucket(perSecond, now);
  buckets.delete(keyId);
  buckets.set(keyId, bucket);
  const [oldest] = buckets.keys();
  if (buckets.size > MOST_KEYS && oldest !== undefined) buckets.delete(oldest);
  return bucket;
}
