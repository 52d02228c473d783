import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-http-bearer';
import type { Caller } from '../domain/caller.js';
import { VerifyToken } from '../verbs/verify-token.js';

/** RFC 6750 bearer tokens through passport. */
@Injectable()
export class BearerStrategy extends PassportStrategy(Strategy, 'bearer') {
  constructor(private readonly verify: VerifyToken) {
    super();
  }

  validate(token: string): Promise<Caller> {
    return this.verify.run(token);
  }
}
