// node scripts/jest.mjs <unit|integration|story|kubo> [jest arguments]: one ring of tests, on the pinned Node.
import { join } from 'node:path';
import { pinnedNode } from './steps/pinned-node.mjs';
import { root } from './steps/root.mjs';
import { run } from './steps/run.mjs';

const [ring, ...rest] = process.argv.slice(2);
if (!['unit', 'integration', 'story', 'kubo'].includes(ring)) {
  console.error('usage: node scripts/jest.mjs <unit|integration|story|kubo> [jest arguments]');
  process.exit(2);
}
// Only this ring needs a program that not every machine has.
if (ring === 'kubo') {
  const { kuboBinary } = await import('../test/interop/kubo/kubo-binary.mjs');
  const { why, path } = kuboBinary();
  if (why) {
    const line = '!'.repeat(78);
    console.log(`${line}\n!! No Kubo: ${why}.\n!! The tests against a real Kubo were not run.\n${line}\n1 skipped`);
    process.exit(0);
  }
  process.env.KUBO_BINARY = path;
}
process.exitCode = await run(pinnedNode(), [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
  ...rest,
  '--selectProjects',
  ring,
]);
