import type { DealTerms } from '../../shared/index.js';

/** What a user chose for their uploads; null: the platform's. */
export interface UserSettings {
  replication: number | null;
  /** Epochs. */
  duration: number | null;
  verified: boolean | null;
  /** What matters more to the user in the choice of miners. Kept and shown; the choice goes by score alone. */
  prefer: 'price' | 'latency' | null;
}

/** Of somebody who chose nothing. */
export const NO_SETTINGS: UserSettings = { replication: null, duration: null, verified: null, prefer: null };

/** What the platform does where nobody says anything. */
export type PlatformTerms = Required<Pick<DealTerms, 'replication' | 'duration' | 'verified'>>;

/**
 * The terms of an upload: what it says itself, then what its user chose, within today's caps. What is the platform's own
 * is left out, so that uploads which ask for nothing special share their pieces.
 */
export function termsWithDefaults(
  said: DealTerms | undefined,
  settings: UserSettings,
  platform: PlatformTerms,
  caps: { replication: number | null; duration: number | null; mayChooseVerified: boolean },
): DealTerms | undefined {
  const chosen: DealTerms = {};
  const within = (value: number, cap: number | null): number => (cap === null ? value : Math.min(value, cap));
  if (settings.replication !== null) chosen.replication = within(settings.replication, caps.replication);
  if (settings.duration !== null) chosen.duration = within(settings.duration, caps.duration);
  if (settings.verified !== null && caps.mayChooseVerified) chosen.verified = settings.verified;
  if (chosen.replication === platform.replication) delete chosen.replication;
  if (chosen.duration === platform.duration) delete chosen.duration;
  if (chosen.verified === platform.verified) delete chosen.verified;
  const terms = { ...chosen, ...said };
  return Object.keys(terms).length === 0 ? said : terms;
}
