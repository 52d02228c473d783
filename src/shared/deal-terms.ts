import { z } from 'zod';

/**
 * Epochs that the storage market of the network takes for a deal: 180 to 1278 days (builtin-actors,
 * `DealDurationBounds`).
 */
const DURATION = { least: 518_400, most: 3_680_640 };

/** What an uploader may ask of the deals for this content; what is absent comes from the platform's settings. */
export const dealTermsSchema = z.object({
  replication: z.number().int().min(1).max(50).optional(),
  /** Epochs. */
  duration: z.number().int().min(DURATION.least).max(DURATION.most).optional(),
  verified: z.boolean().optional(),
  /** attoFIL per GiB per epoch, decimal text. */
  maxPrice: z
    .string()
    .regex(/^\d{1,30}$/)
    .optional(),
});

/** As checked: replication 1 to 50, a duration that the market takes. */
export type DealTerms = z.output<typeof dealTermsSchema>;

const SMALLEST_PIECE = 128n;

/** Padded size of a piece with this many bytes: fr32 turns 127 bytes into 128, and a piece is a power of two. */
export function paddedPieceSize(bytes: bigint): bigint {
  const padded = (bytes * 128n + 126n) / 127n;
  let size = SMALLEST_PIECE;
  while (size < padded) size *= 2n;
  return size;
}
