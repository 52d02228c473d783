import { z } from 'zod';
import { AddressPolicy, type PrivateAddresses } from '../platform/net/index.js';

const NONE: ReadonlySet<string> = new Set(['false', '0', 'none']);

/**
 * A setting that opens private addresses: `true` or `false`, as it was before there were lists, or entries between
 * commas: `127.0.0.1:4001`, `10.0.0.0/8`, `[::1]:4000-4100`. What they mean is said by `AddressPolicy`.
 */
export const openedAddresses = z.string().transform((text, context): PrivateAddresses => {
  const said = text.trim().toLowerCase();
  if (said === 'true' || said === '1') return 'all';
  if (NONE.has(said)) return [];
  const entries = said
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  try {
    new AddressPolicy(entries);
  } catch {
    context.addIssue({ code: 'custom' });
  }
  return entries;
});
