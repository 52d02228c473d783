// A real Kubo as a client of our Pinning Service API and as a peer of our IPFS node, against what `npm start` gives.
// INTEROP_LARGE=1: a file of 1 GiB and a directory of 10,000 files instead of 64 MiB and 1,000.
import { npmStart } from '../support/npm-start.mjs';
import { Checks } from './kubo/checks.mjs';
import { kuboBinary } from './kubo/kubo-binary.mjs';
import { KuboNode } from './kubo/kubo-node.mjs';
import { pinsByCommandLine } from './kubo/pins-by-command-line.mjs';
import { pinsByPolicy } from './kubo/pins-by-policy.mjs';
import { blocksBetweenPeers } from './kubo/blocks-between-peers.mjs';

const kubo = kuboBinary();
if (kubo.why) {
  const line = '!'.repeat(78);
  console.log(`${line}\n!! No Kubo: ${kubo.why}.\n!! Nothing here was tried with a real IPFS peer.\n${line}\n\n1 skipped\n0 passed, 0 failed`);
} else {
  const checks = new Checks();
  const open = [];
  try {
    console.log(`Kubo ${kubo.version}\n`);
    const platform = await npmStart();
    open.push(() => platform.stop());
    const [one, two] = [await KuboNode.start(kubo.path), await KuboNode.start(kubo.path)];
    open.push(() => one.destroy(), () => two.destroy());
    await one.ipfs('pin', 'remote', 'service', 'add', 'tidewater', `${platform.url}/pinning`, platform.key);
    await pinsByCommandLine(checks, { platform, node: one });
    await blocksBetweenPeers(checks, { platform, node: one, stranger: two, large: process.env.INTEROP_LARGE === '1' });
    await pinsByPolicy(checks, { platform, node: one });
  } catch (error) {
    checks.note('FAIL', 'the set-up', performance.now(), error.stack);
  }
  for (const close of open.reverse()) await close();
  console.log(`\n${checks.passed} passed, ${checks.failed} failed`);
  process.exitCode = checks.failed === 0 ? 0 : 1;
}
