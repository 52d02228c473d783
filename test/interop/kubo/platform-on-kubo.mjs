import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { blocksBetweenPeers } from './blocks-between-peers.mjs';
import { assert, until } from './checks.mjs';
import { call, fromGateway } from './platform-calls.mjs';

const MIB = 1024 ** 2;
const SERVICE = 'on-kubo';

/** The platform with a Kubo of its own as its IPFS node (`ours`), against other Kubos as clients and peers. */
export async function platformOnKubo(checks, { platform, ours, node, stranger, large }) {
  await node.ipfs('pin', 'remote', 'service', 'add', SERVICE, `${platform.url}/pinning`, platform.key);
  const remote = (...args) => node.ipfs('pin', 'remote', ...args, `--service=${SERVICE}`);
  const isHeld = (cid) =>
    ours.ipfs('pin', 'ls', '--type=recursive', cid).then(
      () => true,
      () => false,
    );
  const becomes = (cid, held) =>
    until(
      async () => ((await isHeld(cid)) === held ? true : undefined),
      60,
      `our Kubo ${held ? 'has pinned' : 'has unpinned'} ${cid}`,
    );
  const down = async () => (await (await fetch(`${platform.url}/ready`)).json()).down ?? [];

  await checks.that(
    'on Kubo: what is uploaded is pinned at our Kubo, whose addresses are the delegates; pins as on Helia',
    async () => {
      const [{ peerId }] = [JSON.parse(await ours.ipfs('id'))].map(({ ID }) => ({ peerId: ID }));
      const { cid } = await call(
        platform,
        'PUT',
        '/content/add?filename=first.bin',
        randomBytes(MIB),
        'application/octet-stream',
      );
      await becomes(cid, true);
      const { delegates } = await call(platform, 'POST', '/pinning/pins', { cid });
      assert(
        delegates.every((address) => address.endsWith(`/p2p/${peerId}`)),
        JSON.stringify(delegates),
      );
    },
  );

  await blocksBetweenPeers(checks, {
    platform,
    node,
    stranger,
    large,
    service: SERVICE,
    prefix: 'on Kubo: ',
    held: (cid) => becomes(cid, true),
  });

  await checks.that('on Kubo: what is deleted is unpinned at our Kubo', async () => {
    await writeFile(join(node.repo, 'short.bin'), randomBytes(3 * MIB));
    const cid = await node.ipfs('add', '--quieter', '--cid-version=1', join(node.repo, 'short.bin'));
    await remote('add', '--name=short-lived', cid);
    await becomes(cid, true);
    await remote('rm', '--name=short-lived');
    await becomes(cid, false);
  });

  await checks.that(
    'on Kubo: killed in the middle of a pin, /ready names it, uploads go on, and the pin ends well when it is back',
    async () => {
      const file = join(node.repo, 'interrupted.bin');
      const bytes = randomBytes(192 * MIB);
      await writeFile(file, bytes);
      const cid = await node.ipfs('add', '--quieter', '--cid-version=1', file);
      const pin = await call(platform, 'POST', '/pinning/pins', {
        cid,
        name: 'interrupted',
        origins: await node.addresses(),
      });
      const now = () => call(platform, 'GET', `/pinning/pins/${pin.requestid}`);
      const part = await until(
        async () => (Number((await now()).info?.bytes ?? 0) > 0 ? Number((await now()).info.bytes) : undefined),
        60,
        'some of it has come',
      );
      assert(part < bytes.length, 'it was over before Kubo could be killed');
      await ours.down('SIGKILL');
      await until(
        async () =>
          (await down()).some(({ name, detail }) => `${name} ${detail}`.includes('ipfs')) ? true : undefined,
        30,
        `/ready names ipfs: ${JSON.stringify(await down())}`,
      );
      const upload = randomBytes(1000);
      const stored = await call(
        platform,
        'PUT',
        '/content/add?filename=meanwhile.bin',
        upload,
        'application/octet-stream',
      );
      assert((await fromGateway(platform, stored.cid)).equals(upload), 'an upload was affected');
      await sleep(3_000);
      assert((await now()).status === 'pinning', `the pin is ${(await now()).status}`);
      await ours.up();
      await until(
        async () => ((await now()).status === 'pinned' ? true : undefined),
        120,
        `the pin is pinned: ${JSON.stringify(await now())}`,
      );
      assert((await fromGateway(platform, cid)).equals(bytes), 'the bytes differ');
      await becomes(cid, true);
      await becomes(stored.cid, true);
      return `after ${Math.round(part / MIB)} of ${bytes.length / MIB} MiB`;
    },
    240,
  );
}
