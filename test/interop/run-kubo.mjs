// A real Kubo as a client of our Pinning Service API and as a peer of our IPFS node, against what `npm start` gives.
// INTEROP_LARGE=0: a file of 64 MiB and a directory of 1,000 files instead of 1 GiB and 10,000.
import { join } from 'node:path';
import { root } from '../../scripts/steps/root.mjs';
import { run } from '../../scripts/steps/run.mjs';
import { freePort, npmStart } from '../support/npm-start.mjs';
import { assert, Checks } from './kubo/checks.mjs';
import { kuboBinary } from './kubo/kubo-binary.mjs';
import { KuboNode } from './kubo/kubo-node.mjs';
import { pinsByCommandLine } from './kubo/pins-by-command-line.mjs';
import { pinsByPolicy } from './kubo/pins-by-policy.mjs';
import { blocksBetweenPeers } from './kubo/blocks-between-peers.mjs';
import { platformOnKubo } from './kubo/platform-on-kubo.mjs';

/** The Kubos that pins name as origins live on loopback, which a platform dials for nobody unless it is opened. */
const opened = { LIBP2P_DIAL_PRIVATE: '127.0.0.1' };

const kubo = kuboBinary();
if (kubo.why) {
  const line = '!'.repeat(78);
  console.log(
    `${line}\n!! No Kubo: ${kubo.why}.\n!! Nothing here was tried with a real IPFS peer.\n${line}\n\n1 skipped\n0 passed, 0 failed`,
  );
} else {
  const checks = new Checks();
  const open = [];
  try {
    console.log(`Kubo ${kubo.version}\n`);
    const large = process.env.INTEROP_LARGE !== '0';
    const [one, two] = [await KuboNode.start(kubo.path), await KuboNode.start(kubo.path)];
    open.push(
      () => one.destroy(),
      () => two.destroy(),
    );
    const onHelia = await npmStart(opened);
    open.push(() => onHelia.stop());
    await one.ipfs('pin', 'remote', 'service', 'add', 'tidewater', `${onHelia.url}/pinning`, onHelia.key);
    await pinsByCommandLine(checks, { platform: onHelia, node: one });
    await blocksBetweenPeers(checks, { platform: onHelia, node: one, stranger: two, large });
    await pinsByPolicy(checks, { platform: onHelia, node: one });
    await open.pop()();

    // The same platform with a Kubo as its IPFS node.
    const port = await freePort();
    const ours = await KuboNode.start(kubo.path, { port });
    open.push(() => ours.destroy());
    const onKubo = await npmStart({ ...opened, KUBO_RPC_URL: `http://127.0.0.1:${port}` });
    open.push(() => onKubo.stop());
    await platformOnKubo(checks, { platform: onKubo, ours, node: one, stranger: two, large });
    await checks.that('the contract of IpfsNode holds on a real Kubo', async () => {
      const code = await run(process.execPath, [join(root, 'scripts', 'jest.mjs'), 'kubo'], {
        env: { ...process.env, KUBO_BINARY: kubo.path },
      });
      assert(code === 0, `exit code ${code}`);
    });
  } catch (error) {
    checks.note('FAIL', 'the set-up', performance.now(), error.stack);
  }
  for (const close of open.reverse()) await close();
  console.log(`\n${checks.passed} passed, ${checks.failed} failed`);
  process.exitCode = checks.failed === 0 ? 0 : 1;
}
