import { z } from 'zod';
import { InvalidInput, parseInput } from '../../platform/http/index.js';
import { DomainError } from '../../shared/index.js';
import type { PinSpec } from '../pin.js';
import { pinSchema } from './pin.dto.js';

/** More is several calls. */
export const MOST_IN_A_BATCH = 10_000;

const batch = z
  .array(z.unknown(), 'must be an array of pins')
  .min(1, 'must not be empty')
  .max(MOST_IN_A_BATCH, `at most ${MOST_IN_A_BATCH} at a time`);

/** What is wrong with one item: the specification's Failure, and nothing else. */
export interface ItemFailure {
  error: { reason: string; details: string };
}

/** Each item by itself: what it asks for, or why not. @throws InvalidInput when it is no batch at all. */
export function readBatch(body: unknown): (PinSpec | ItemFailure)[] {
  // Not by parseInput: text that cannot be kept is the failure of its own item.
  const items = batch.safeParse(body);
  if (!items.success) throw new InvalidInput(items.error.issues.map((issue) => issue.message).join('; '));
  return items.data.map((item) => {
    try {
      return parseInput(pinSchema, item);
    } catch (error) {
      if (error instanceof DomainError) return failureOf(error);
      throw error;
    }
  });
}

/** The failure as one item of a batch answers it. */
export const failureOf = (error: DomainError): ItemFailure => ({
  error: { reason: error.code, details: error.message },
});
/** For items of a batch: nothing else in it has a field `error`. */
export const isFailure = (item: object): item is ItemFailure => 'error' in item;

const id = z.union([z.string(), z.number()]).transform(String);
const asked = z.union([z.object({ requestid: id }), z.object({ content_id: id })]);

/** Which pins a caller asks about: by request id, or by the id of the content as Estuary does. */
export type AskedPin = z.output<typeof asked>;
/** Ids as text or as numbers; those that cannot be any are looked for all the same, and not found. */
export const askedPins = z
  .array(asked, 'must be an array of {content_id} or {requestid}')
  .max(MOST_IN_A_BATCH, `at most ${MOST_IN_A_BATCH} at a time`);

const commas = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((given) =>
    [given ?? []]
      .flat()
      .flatMap((text) => text.split(','))
      .filter((text) => text !== ''),
  );

/** The same in the query, for clients that cannot send a body with a GET. */
export const askedInQuery = z
  .object({ requestid: commas, content_id: commas })
  .transform((query): AskedPin[] => [
    ...query.requestid.map((requestid) => ({ requestid })),
    ...query.content_id.map((content) => ({ content_id: content })),
  ]);
