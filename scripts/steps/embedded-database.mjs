import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** URL of the embedded PostgreSQL of the data folder, as the launcher wrote down where it listens; empty when it never ran. */
export function embeddedDatabaseUrl() {
  const folder = process.env.TIDEWATER_DATA || './data';
  try {
    const { postgres } = JSON.parse(readFileSync(join(folder, 'ports.json'), 'utf8'));
    // Folders of earlier versions have no role for the application until their next start.
    const [role, file] = existsSync(join(folder, 'postgres-app.password'))
      ? ['tidewater_app', 'postgres-app.password']
      : ['tidewater', 'postgres.password'];
    const password = readFileSync(join(folder, file), 'utf8').trim();
    return `postgresql://${role}:${password}@127.0.0.1:${postgres}/tidewater`;
  } catch {
    return '';
  }
}
