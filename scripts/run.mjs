// node scripts/run.mjs <demo|cli> [arguments]: a program of the platform on the pinned Node.
import { join } from 'node:path';
import { fail } from './steps/fail.mjs';
import { pinnedNode } from './steps/pinned-node.mjs';
import { root } from './steps/root.mjs';
import { run } from './steps/run.mjs';
import { embeddedDatabaseUrl } from './steps/embedded-database.mjs';
import { setUp } from './steps/set-up.mjs';
import { readSettings } from './steps/settings.mjs';

const programs = { demo: 'demo/main.js', cli: 'cli.js' };
const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(programs, name ?? ''))
  fail(new Error(`usage: node scripts/run.mjs <${Object.keys(programs).join('|')}> [arguments]`));
readSettings();
await setUp().catch(fail);
process.exitCode = await run(pinnedNode(), ['--enable-source-maps', join(root, 'dist', programs[name]), ...args], {
  env:
    name === 'cli' ? { ...process.env, DATABASE_URL: process.env.DATABASE_URL || embeddedDatabaseUrl() } : process.env,
});
