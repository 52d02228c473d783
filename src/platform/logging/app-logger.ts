import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, type LoggerService } from '@nestjs/common';
import { pino, stdTimeFunctions, type Logger } from 'pino';

/** What must never reach a log, wherever it turns up. */
const REDACTED = [
  'authorization',
  'token',
  'apiKey',
  'password',
  'secret',
  'cookie',
  '*.authorization',
  '*.token',
  '*.apiKey',
  '*.password',
  '*.secret',
  '*.cookie',
  'req.headers.authorization',
  'req.headers.cookie',
];

/** Ids that every line of a request or a job carries. */
export const logContext = new AsyncLocalStorage<Record<string, string>>();

/**
 * JSON lines on stdout (pino), with the ids of request or job and with secrets left out. Also Nest's own logger. Ours:
 * `logger.info({ fields }, 'what happened')`; what varies goes into fields, so that lines can be counted by their
 * message.
 */
@Injectable()
export class AppLogger implements LoggerService {
  private readonly pino: Logger;

  constructor(options: { level: string; process: string }) {
    this.pino = pino({
      level: options.level,
      base: { process: options.process, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      redact: { paths: REDACTED, censor: '[redacted]' },
      mixin: () => logContext.getStore() ?? {},
    });
  }

  /** What only somebody who looks for a fault wants to read. */
  debug(fields: unknown, message?: unknown): void {
    this.write('debug', fields, message);
  }
  /** Nest's word for debugging. */
  verbose(fields: unknown, message?: unknown): void {
    this.write('debug', fields, message);
  }
  /** Nest tells of every module and route here: that is for debugging. */
  log(fields: unknown, message?: unknown): void {
    this.write('debug', fields, message);
  }
  /** What happened, as it should. */
  info(fields: unknown, message?: unknown): void {
    this.write('info', fields, message);
  }
  /** What went wrong and will be tried again, or costs nobody anything. */
  warn(fields: unknown, message?: unknown): void {
    this.write('warn', fields, message);
  }
  /** What failed and should not have: somebody has to look. */
  error(fields: unknown, message?: unknown): void {
    this.write('error', fields, message);
  }
  /** The process ends by it. */
  fatal(fields: unknown, message?: unknown): void {
    this.write('fatal', fields, message);
  }

  /** Ours: (fields, message). Nest's: (message, context). */
  private write(level: 'debug' | 'info' | 'warn' | 'error' | 'fatal', fields: unknown, message: unknown): void {
    if (typeof fields === 'object' && fields !== null)
      this.pino[level](fields, typeof message === 'string' ? message : undefined);
    else this.pino[level](typeof message === 'string' ? { context: message } : {}, String(fields));
  }
}
