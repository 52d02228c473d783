import type { Json } from './json.js';

/** What a failure may carry besides its text; printed to callers, so never secrets or other users' data. */
export interface FailureContext {
  details?: Record<string, Json>;
  cause?: unknown;
  retryAfterMs?: number;
}

/**
 * A failure with a name. One class per thing that can go wrong, in `<room>/domain/<room>.errors.ts`.
 *
 * `code` is stable for ever and is what programs compare; `message` is for people and safe to show them.
 * `status` is the HTTP answer, `retryable` the queue's: both doors read them, business code never does.
 */
export abstract class DomainError extends Error {
  abstract readonly code: string;
  /** HTTP status of the answer when a request ends with this failure. */
  readonly status: number = 500;
  /** Trying the same again later may succeed. */
  readonly retryable: boolean = false;
  /** Somebody should be paged. */
  readonly reportable: boolean = false;
  readonly details: Record<string, Json>;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, context: FailureContext = {}) {
    super(message, { cause: context.cause });
    this.name = new.target.name;
    this.details = context.details ?? {};
    this.retryAfterMs = context.retryAfterMs;
  }
}

/**
 * Why a process does not start, and would not start the next time either: somebody has to do what the message says.
 * Whoever starts the process is told so by its exit code.
 */
export abstract class StartImpossible extends DomainError {
  override readonly reportable = true;
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
