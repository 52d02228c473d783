import { z } from 'zod';

/** What an uploader may ask of the deals for this content; what is absent comes from the platform's settings. */
export const dealTermsSchema = z.object({
  replication: z.number().int().min(1).max(50).optional(),
  /** Epochs. */
  duration: z.number().int().min(1).optional(),
  verified: z.boolean().optional(),
  /** attoFIL per GiB per epoch, decimal text. */
  maxPrice: z.string().regex(/^\d+$/).optional(),
});

export type DealTerms = z.output<typeof dealTermsSchema>;
