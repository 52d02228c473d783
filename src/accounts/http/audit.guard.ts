import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { AppLogger } from '../../platform/logging/index.js';
import { messageOf } from '../../shared/index.js';
import { auditTarget } from '../domain/audit-target.js';
import type { Caller, Scope } from '../domain/caller.js';
import { AuditLog } from '../ports/audit-log.port.js';
import { AUDITED_KEY, type AuthenticatedRequest, SCOPE_KEY } from './decorators.js';

const READS = new Set(['GET', 'HEAD']);
/** The client hung up before there was an answer. */
const GONE = 499;

/**
 * Last guard: what an admin does, what somebody does in another's name, and what one does with one's own keys is written
 * down before it is done; a log that cannot be written lets nothing happen. What came of it is noted with the answer.
 * What the guards before it refused is not in it.
 */
@Injectable()
export class AuditGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly log: AuditLog,
    private readonly logger: AppLogger,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const { caller } = request;
    if (!caller || READS.has(request.method) || !this.matters(context, caller)) return true;
    const id = await this.log.add({
      actor: caller.actor ?? caller.username,
      actingAs: caller.actor === null ? null : caller.username,
      keyId: caller.keyId,
      route: `${request.method} ${request.routeOptions.url ?? ''}`,
      target: auditTarget(request.params, request.body),
      address: request.ip,
    });
    const { raw } = http.getResponse<FastifyReply>();
    raw.once('close', () => {
      this.log
        .finish(id, raw.headersSent ? raw.statusCode : GONE)
        .catch((error: unknown) => this.logger.warn({ id, error: messageOf(error) }, 'an audit entry has no result'));
    });
    return true;
  }

  private matters(context: ExecutionContext, caller: Caller): boolean {
    const both: [ReturnType<ExecutionContext['getHandler']>, ReturnType<ExecutionContext['getClass']>] = [
      context.getHandler(),
      context.getClass(),
    ];
    return (
      caller.actor !== null ||
      this.reflector.getAllAndOverride<Scope | undefined>(SCOPE_KEY, both) === 'admin' ||
      this.reflector.getAllAndOverride<boolean | undefined>(AUDITED_KEY, both) === true
    );
  }
}
