import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { Clock } from '../../shared/index.js';
import { TooManyRequests } from '../domain/pinning.errors.js';
import { TokenBucket } from '../domain/token-bucket.js';

const MOST_KEYS = 10_000;

/**
 * A rate per API key. X-RateLimit-Reset is a Unix time in seconds, which is how the official suite and most clients read it;
 * it names when the next request is let through, or, while there are requests left, when all of them are there again.
 */
@Injectable()
export class RequestRate implements CanActivate {
  /** The oldest in front: who is silent for half a minute has a full bucket, and needs none kept. */
  private readonly buckets = new Map<string, TokenBucket>();

  constructor(private readonly config: AppConfig, private readonly clock: Clock) {}

  canActivate(context: ExecutionContext): boolean {
    const perSecond = this.config.values.PIN_REQUESTS_PER_SECOND;
    const { caller } = context.switchToHttp().getRequest<{ caller?: Caller }>();
    if (perSecond === 0 || !caller) return true;
    const now = this.clock.now().getTime();
    const bucket = this.bucketOf(caller.keyId, perSecond, now);
    const { taken, left, nextAt, fullAt } = bucket.take(now);
    void context.switchToHttp().getResponse<FastifyReply>().headers({
      'x-ratelimit-limit': String(bucket.size),
      'x-ratelimit-remaining': String(left),
      'x-ratelimit-reset': String(Math.ceil((left === 0 ? nextAt : fullAt) / 1000)),
    });
    if (!taken) throw new TooManyRequests(perSecond, nextAt - now);
    return true;
  }

  private bucketOf(keyId: string, perSecond: number, now: number): TokenBucket {
    const bucket = this.buckets.get(keyId) ?? new TokenBucket(perSecond, now);
    this.buckets.delete(keyId);
    this.buckets.set(keyId, bucket);
    const [oldest] = this.buckets.keys();
    if (this.buckets.size > MOST_KEYS && oldest !== undefined) this.buckets.delete(oldest);
    return bucket;
  }
}
