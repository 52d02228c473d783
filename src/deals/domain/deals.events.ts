import { z } from 'zod';
import { defineEvent } from '../../platform/outbox/index.js';

const id = z.string();

/** The commP of a piece is known, after `ms` of hashing. `pieceSize`: padded bytes. */
export const pieceCommitted = defineEvent(
  'piece.committed',
  z.object({ carId: id, pieceCid: z.string(), pieceSize: z.string(), ms: z.number() }),
);

/** Every transition of every deal. `ms` is the time spent in the state that was left. */
export const dealMoved = defineEvent(
  'deal.moved',
  z.object({
    dealId: id,
    carId: id,
    miner: z.string(),
    from: z.string(),
    to: z.string(),
    cause: z.string(),
    /** For rejected, failed and slashed: estuary.md 2.4's phases and a typed reason. */
    phase: z.string().nullable(),
    reason: z.string().nullable(),
    epoch: z.number().nullable(),
    ms: z.number(),
    bytes: z.number(),
    /** Of the piece: its only account (null: several), and the length of its CAR. */
    userId: z.string().nullable().optional(),
    carBytes: z.number().optional(),
    /** attoFIL for the whole deal, decimal text. */
    cost: z.string().optional(),
  }),
);

/** A piece has all its deals proven; said again whenever it was repaired. */
export const pieceReplicated = defineEvent('piece.replicated', z.object({ carId: id, deals: z.number() }));
