import type { DamageFinding } from '../../storage/index.js';
import type { Retrieval } from '../domain/retrieval.js';
import { presentRetrieval } from './retrieval.presenter.js';

/** A page of damage; field names are part of the API. `retrievals`: by the id of the finding. */
export function presentDamage(
  rows: readonly DamageFinding[],
  retrievals: ReadonlyMap<bigint, Retrieval | null>,
  count: number,
  limit: number,
) {
  const last = rows.at(-1);
  return {
    count,
    damage: rows.map((row) => presentFinding(row, retrievals)),
    next: last && rows.length === limit ? Number(last.id) : null,
  };
}

function presentFinding(row: DamageFinding, retrievals: ReadonlyMap<bigint, Retrieval | null>) {
  const { id, foundAt, carId, place, kind, cause, root, outcome, endedAt } = row;
  // One that was over before belongs to an earlier finding.
  const retrieval = retrievals.get(id);
  return {
    id: Number(id),
    foundAt: foundAt.toISOString(),
    car: carId,
    place,
    kind,
    cause,
    cid: root,
    outcome,
    endedAt: endedAt?.toISOString() ?? null,
    retrieval: retrieval && retrieval.updatedAt >= foundAt ? presentRetrieval(retrieval) : null,
  };
}
