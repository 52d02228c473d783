// The JavaScript clients of the Pinning Service API, unmodified and in their own versions of everything, against what
// `npm start` gives.
// They run in a process of their own (js-clients/clients.mjs), with a node of Helia 5 that has what is to be pinned.
import { spawn } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../scripts/steps/root.mjs';
import { installSuite } from '../support/install-suite.mjs';
import { npmStart } from '../support/npm-start.mjs';

const recipe = join(import.meta.dirname, 'js-clients');
const place = await installSuite(recipe);
// Modules are found from where a file lies: the script goes beside the packages it uses.
await cp(join(recipe, 'clients.mjs'), join(place, 'clients.mjs'));
await cp(join(import.meta.dirname, 'kubo', 'checks.mjs'), join(place, 'checks.mjs'));

const platform = await npmStart({ LIBP2P_DIAL_PRIVATE: '127.0.0.1' });
try {
  // These libraries need Node >= 22; the project's own is in its packages.
  const clients = spawn(
    join(root, 'node_modules', '.bin', 'node'),
    [join(place, 'clients.mjs'), platform.url, platform.key],
    { stdio: 'inherit' },
  );
  process.exitCode = await new Promise((resolve) => clients.once('close', resolve));
} finally {
  await platform.stop();
}
