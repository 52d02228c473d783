// npm start: prepares the clone and hands over to the launcher (src/launch) on the pinned Node.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fail } from './steps/fail.mjs';
import { pinnedNode } from './steps/pinned-node.mjs';
import { root } from './steps/root.mjs';
import { setUp } from './steps/set-up.mjs';
import { readSettings } from './steps/settings.mjs';

readSettings();
await setUp().catch(fail);

// The channel ('ipc') tells the launcher when we are gone, however we went. TIDEWATER_DATA stays relative to the folder we were started in.
const launcher = spawn(
  pinnedNode(),
  ['--enable-source-maps', join(root, 'dist', 'launch', 'main.js'), ...process.argv.slice(2)],
  {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // Node keeps what it compiled: every process of the platform starts faster the second time.
    env: { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node-compile'), ...process.env },
  },
);
// From Ctrl-C the launcher may hear twice or three times (terminal, npm, us): it counts only the first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => launcher.kill(signal));
// A shell between npm and us may die of a signal without handing it on; then we have lost our parent.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && launcher.kill('SIGTERM'), 250);
launcher.once('error', fail);
launcher.once('exit', (code, signal) => {
  if (signal !== null) console.error(`The launcher was ended by ${signal}; what it ran ends by itself.`);
  process.exit(code ?? 1);
});
