import type { z } from 'zod';
import type { Json } from '../../shared/index.js';

/** A fact that a room announces: past tense, plain JSON. */
export interface EventDefinition<P extends Json = Json> {
  readonly name: string;
  readonly payload: z.ZodType<P>;
}

/**
 * `name` is `<room>.<what happened>`. It stands in rows that outlive a release, as the payload does: both may only
 * grow.
 */
export function defineEvent<P extends Json>(name: string, payload: z.ZodType<P>): EventDefinition<P> {
  return { name, payload };
}

/**
 * What a subscriber receives. `id` (decimal text) is the same in every replay: the key that makes handling idempotent.
 */
export interface EventEnvelope<P> {
  id: string;
  at: Date;
  payload: P;
}
