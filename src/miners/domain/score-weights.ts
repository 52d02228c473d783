/** What a miner's record is judged by. Names stand in rows and in the API: they are never changed. */
export type Dimension = 'accept' | 'transfer' | 'seal' | 'keep' | 'retrieve' | 'first-byte';

/**
 * The one table of what counts how much. Weights add up to 1, so that a score goes from 0 to 100. `about`: what the
 * evidence `s of n` counts, for people.
 */
export const scoreWeights: Readonly<Record<Dimension, { weight: number; about: string }>> = {
  accept: { weight: 0.2, about: 'proposals that it accepted' },
  transfer: { weight: 0.1, about: 'transfers that it took to the end' },
  seal: { weight: 0.25, about: 'deals that it brought on chain and proved, once it had the bytes' },
  keep: { weight: 0.1, about: 'proven deals that were neither slashed nor lost' },
  retrieve: { weight: 0.25, about: 'retrievals that gave the right bytes' },
  'first-byte': { weight: 0.1, about: 'retrievals whose first byte came within 1,024 ms' },
};

/** What happened this long ago counts half. */
export const HALF_LIFE_DAYS = 14;

/** The lower end of a 90 % credible interval: with a chance of 95 % the true rate is above it. */
export const LOWER_END = 0.05;
