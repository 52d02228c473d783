import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Difference } from './model.js';
import type { Rows } from './invariants.js';

/** Files without rows, rows without files, and files that are shorter than their rows, once nothing is under way. */
export async function fileDifferences(dataFolder: string, rows: Rows): Promise<Difference[]> {
  const expected = await rows.files();
  const found: Difference[] = [];
  const here = new Map<string, number>();
  const cars = path.join(dataFolder, 'cars');
  for (const folder of await readdir(cars)) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    for (const name of await readdir(path.join(cars, folder))) {
      const facts = await stat(path.join(cars, folder, name)).catch(() => null);
      if (facts === null) continue;
      const id = /^([0-9a-f-]{36})\.car$/.exec(name)?.[1];
      if (id === undefined) found.push({ kind: 'orphan-file', detail: `${folder}/${name} is no CAR` });
      else here.set(id, facts.size);
    }
  }
  for (const [id, size] of here) {
    const row = expected.get(id);
    if (!row) found.push({ kind: 'orphan-file', detail: `${id} (${size} bytes) has no row` });
    else if (row.car === 'discarded' || row.copy === null || row.copy === 'gone')
      found.push({ kind: 'orphan-file', detail: `${id} (${size} bytes) is ${row.car}, its copy ${row.copy}` });
  }
  for (const [id, { car, copy, bytes }] of expected) {
    if (car === 'discarded' || (copy !== 'writing' && copy !== 'verified')) continue;
    const size = here.get(id);
    if (size === undefined) found.push({ kind: 'missing-file', detail: `${id} is ${car}, and its file is not here` });
    else if (size < bytes) found.push({ kind: 'short-file', detail: `${id} has ${size} bytes in place of ${bytes}` });
  }
  return found;
}
