// node scripts/run.mjs <demo|cli> [arguments]: a program of the platform on the pinned Node.
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from './steps/fail.mjs';
import { pinnedNode } from './steps/pinned-node.mjs';
import { root } from './steps/root.mjs';
import { run } from './steps/run.mjs';
import { embeddedDatabaseUrl } from './steps/embedded-database.mjs';
import { setUp } from './steps/set-up.mjs';
import { readSettings } from './steps/settings.mjs';

/** Commands that need the data folder to themselves. */
const alonePrograms = ['storage:adopt', 'storage:rebuild', 'restore'];
/** Commands for people with a key: they speak HTTP and need no database. */
const clientPrograms = ['upload', 'ls', 'status', 'get', 'pin'];
const programs = { demo: 'demo/main.js', cli: 'cli.js' };
const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(programs, name ?? ''))
  fail(new Error(`usage: node scripts/run.mjs <${Object.keys(programs).join('|')}> [arguments]`));
readSettings();
await setUp().catch(fail);
const plan = name === 'cli' ? await planCommand(args[0] ?? '') : { program: programs[name], env: process.env };
process.exitCode = await run(pinnedNode(), ['--enable-source-maps', join(root, 'dist', plan.program), ...args], {
  env: plan.env,
});

/** A command runs beside the platform; some need the data folder to themselves, and all need its database. */
async function planCommand(command) {
  if (clientPrograms.includes(command)) return { program: 'client/main.js', env: process.env };
  const url = process.env.DATABASE_URL || embeddedDatabaseUrl();
  const beside = { program: programs.cli, env: { ...process.env, DATABASE_URL: url } };
  if (['', 'backup:verify'].includes(command)) return beside;
  const isEmbedded = !process.env.DATABASE_URL;
  const alone = alonePrograms.includes(command) || (isEmbedded && !(await answers(url)));
  return alone ? { program: 'launch/with-database.js', env: process.env } : beside;
}

/** Whether anything listens where the URL points. */
async function answers(url) {
  if (url === '') return false;
  if (!URL.canParse(url)) return false;
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const isThere = await Promise.race([
    once(socket, 'connect').then(
      () => true,
      () => false,
    ),
    sleep(2_000, false),
  ]);
  socket.destroy();
  return isThere;
}
