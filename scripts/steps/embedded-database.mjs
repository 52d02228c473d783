import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** URL of the embedded PostgreSQL of the data folder, as the launcher wrote down where it listens; empty when it never ran. */
export function embeddedDatabaseUrl() {
  const folder = process.env.TIDEWATER_DATA || './data';
  try {
    const { postgres } = JSON.parse(readFileSync(join(folder, 'ports.json'), 'utf8'));
    const password = readFileSync(join(folder, 'postgres.password'), 'utf8').trim();
    return `postgresql://tidewater:${password}@127.0.0.1:${postgres}/tidewater`;
  } catch {
    return '';
  }
}
