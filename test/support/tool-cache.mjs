import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where suites and binaries of others are kept between runs: outside the project, one folder per version. */
export function toolCache(name) {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tidewater', name);
}
