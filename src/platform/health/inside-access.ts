import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { DomainError } from '../../shared/index.js';
import { isLoopbackIp } from '../net/index.js';

/** Only this machine may see it, and who has METRICS_TOKEN. */
export class InsideOnly extends DomainError {
  readonly code = 'ERR_NOT_AUTHORIZED';
  override readonly status = 403;

  constructor() {
    super('only from this machine, or with METRICS_TOKEN as bearer token');
  }
}

/** What a proxy adds: a request that came through one did not come from this machine, whoever the peer is. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/** Who may see the inside: metrics, and what exactly is down. */
@Injectable()
export class InsideAccess {
  private readonly digest: Buffer | null;

  constructor(config: AppConfig) {
    const { METRICS_TOKEN } = config.values;
    this.digest = METRICS_TOKEN === undefined ? null : sha256(METRICS_TOKEN);
  }

  /** @param peer - the address at the other end of the connection itself, not what a header says of it */
  allows(peer: string | undefined, headers: IncomingHttpHeaders): boolean {
    if (this.hasToken(headers.authorization)) return true;
    return isLoopbackIp(peer ?? '') && FORWARDED.every((name) => headers[name] === undefined);
  }

  private hasToken(authorization: string | undefined): boolean {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    return this.digest !== null && token !== undefined && timingSafeEqual(this.digest, sha256(token));
  }
}

/** Equal lengths for the comparison in constant time. */
function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
