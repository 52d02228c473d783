// node scripts/jest.mjs <unit|integration|story> [jest arguments]: one ring of tests, on the pinned Node.
import { join } from 'node:path';
import { pinnedNode } from './steps/pinned-node.mjs';
import { root } from './steps/root.mjs';
import { run } from './steps/run.mjs';

const [ring, ...rest] = process.argv.slice(2);
if (!['unit', 'integration', 'story'].includes(ring)) {
  console.error('usage: node scripts/jest.mjs <unit|integration|story> [jest arguments]');
  process.exit(2);
}
process.exitCode = await run(pinnedNode(), [
  '--experimental-vm-modules', '--disable-warning=ExperimentalWarning',
  join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ...rest, '--selectProjects', ring,
]);
