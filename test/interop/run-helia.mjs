// Two platforms by `npm start`, each with its own Helia: one pins what only the other has, over bitswap on loopback.
// INTEROP_LARGE=0: a file of 64 MiB and a directory of 1,000 files instead of 1 GiB and 10,000.
import { npmStart } from '../support/npm-start.mjs';
import { pinsBetweenPlatforms } from './helia/pins-between-platforms.mjs';
import { Checks } from './kubo/checks.mjs';

const checks = new Checks();
const open = [];
try {
  // One after the other: the first one builds.
  const there = await npmStart();
  open.push(() => there.stop());
  // Its origin is the other platform's node, on loopback.
  const here = await npmStart({ LIBP2P_DIAL_PRIVATE: '127.0.0.1' });
  open.push(() => here.stop());
  await pinsBetweenPlatforms(checks, { there, here, large: process.env.INTEROP_LARGE !== '0' });
} catch (error) {
  checks.note('FAIL', 'the set-up', performance.now(), error.stack);
}
for (const close of open.reverse()) await close();
console.log(`\n${checks.passed} passed, ${checks.failed} failed`);
process.exitCode = checks.failed === 0 ? 0 : 1;
