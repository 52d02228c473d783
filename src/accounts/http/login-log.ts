import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuditLog } from '../ports/audit-log.port.js';
import type { OpenedSession } from '../verbs/log-in.js';

/** Sessions that begin, in the audit log: before anybody gets their token. Failed tries are in the request log alone. */
@Injectable()
export class LoginLog {
  constructor(private readonly log: AuditLog) {}

  /** `route` as a pattern: a link is a secret. */
  async note(request: FastifyRequest, route: string, { user, key }: OpenedSession): Promise<void> {
    await this.log.add({
      actor: user.username,
      actingAs: null,
      keyId: key.id,
      route,
      target: {},
      address: request.ip,
      status: 200,
    });
  }
}
