import type { PinFilter } from '../domain/pin-filter.js';
import { isRequestId } from './pin-row.js';

/** The conditions of a listing as SQL, and their values from $1 on. Each part stands alone between ANDs (Estuary's D10). */
export function conditionsOf(userId: string, filter: PinFilter): { where: string; values: unknown[] } {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const parts = [`user_id = ${value(userId)}`, 'deleted_at IS NULL', `status = ANY(${value(filter.statuses)})`];
  if (filter.cids) parts.push(`cid_v1 = ANY(${value(filter.cids)})`);
  if (filter.requestIds) parts.push(`request_id = ANY(${value(filter.requestIds.filter(isRequestId))}::uuid[])`);
  if (filter.before) parts.push(`created_at < ${value(filter.before)}`);
  if (filter.after) parts.push(`created_at > ${value(filter.after)}`);
  if (filter.meta) parts.push(`meta @> ${value(JSON.stringify(filter.meta))}::jsonb`);
  if (filter.name) parts.push(nameCondition(filter.name, value));
  return { where: parts.map((part) => `(${part})`).join(' AND '), values };
}

/** strpos rather than LIKE: a name may hold % and _. */
function nameCondition({ text, match }: NonNullable<PinFilter['name']>, value: (given: unknown) => string): string {
  const given = value(text);
  switch (match) {
    case 'exact': return `name = ${given}`;
    case 'iexact': return `lower(name) = lower(${given})`;
    case 'partial': return `strpos(name, ${given}) > 0`;
    case 'ipartial': return `strpos(lower(name), lower(${given})) > 0`;
  }
}
