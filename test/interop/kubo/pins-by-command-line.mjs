import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assert, until } from './checks.mjs';
import { call, everyStatus, fromGateway } from './platform-calls.mjs';

const ALL = '--status=queued,pinning,pinned,failed';

/** `ipfs pin remote`, as people type it. */
export async function pinsByCommandLine(checks, { platform, node }) {
  const remote = (...args) => node.ipfs('pin', 'remote', ...args, '--service=tidewater');
  const addFile = async (bytes, version = 1) => {
    await writeFile(join(node.repo, 'file.bin'), bytes);
    return node.ipfs('add', '--quieter', `--cid-version=${version}`, join(node.repo, 'file.bin'));
  };
  const lines = (text) => text.split('\n').filter((line) => line !== '');

  await checks.that('ipfs pin remote service ls --stat: the service answers, with a count per status', async () => {
    const {
      RemoteServices: [service],
    } = JSON.parse(await node.ipfs('pin', 'remote', 'service', 'ls', '--stat', '--enc=json'));
    assert(service.Stat.Status === 'valid', JSON.stringify(service));
    assert(
      JSON.stringify(service.Stat.PinCount) === '{"Queued":0,"Pinning":0,"Pinned":0,"Failed":0}',
      JSON.stringify(service.Stat),
    );
  });

  await checks.that('ipfs pin remote add: waits until what it alone has is pinned, fetched over bitswap', async () => {
    const bytes = randomBytes(3_000_000);
    const cid = await addFile(bytes);
    const said = await remote('add', '--name=foreground', cid);
    assert(/pinned/.test(said), said);
    assert((await fromGateway(platform, cid)).equals(bytes), 'the bytes differ');
    const {
      results: [pin],
    } = await call(platform, 'GET', `/pinning/pins?name=foreground`);
    assert(
      pin.status === 'pinned' && Number(pin.info.bytes) >= bytes.length && pin.info.sources !== '0',
      JSON.stringify(pin),
    );
  });

  await checks.that(
    'ipfs pin remote add --background: returns at once; the status says queued or pinning',
    async () => {
      const digest = createHash('sha256').update(randomBytes(8)).digest('hex');
      const cid = await node.ipfs('cid', 'format', '-b', 'base32', `f01551220${digest}`);
      const said = await remote('add', '--background', '--name=nobody has this', cid);
      assert(/queued|pinning/.test(said), said);
      const listed = await remote('ls', '--status=queued,pinning', '--name=nobody has this');
      assert(listed.includes(cid), listed);
      await remote('rm', '--status=queued,pinning', '--name=nobody has this');
      assert((await remote('ls', ALL, '--name=nobody has this')) === '', 'it is still there');
    },
  );

  await checks.that('ipfs pin remote add of a CIDv0 and its CIDv1: one content, found by either', async () => {
    const cid = await addFile(randomBytes(500_000), 0);
    assert(cid.startsWith('Qm'), cid);
    await remote('add', '--name=v0', cid);
    assert(lines(await remote('ls', `--cid=${cid}`)).length === 1, 'not found by v0');
    assert(lines(await remote('ls', `--cid=${await node.ipfs('cid', 'base32', cid)}`)).length === 1, 'not found by v1');
    await remote('rm', '--name=v0');
  });

  await checks.that('ipfs pin remote ls: all of 25 pins, over several pages', async () => {
    for (let n = 0; n < 25; n++)
      await remote('add', '--background', `--name=page ${n}`, await addFile(randomBytes(100)));
    await until(
      async () => ((await call(platform, 'GET', '/pinning/pins?limit=1')).count === 26 ? true : undefined),
      30,
      '26 pins are pinned',
    );
    const names = lines(await remote('ls')).map((line) => line.split('\t').at(-1));
    assert(new Set(names).size === 26 && names.length === 26, `${names.length} lines`);
    return `${names.length} pins`;
  });

  await checks.that(
    'ipfs pin remote rm: refuses several without --force, removes one by name and all by --force',
    async () => {
      const refused = await remote('rm').then(
        () => null,
        (error) => error.message,
      );
      assert(/force/.test(refused ?? ''), `it said ${refused}`);
      await remote('rm', '--name=page 3');
      assert(lines(await remote('ls')).length === 25, 'not one was removed');
      await remote('rm', '--force');
      assert((await call(platform, 'GET', `/pinning/pins?${everyStatus}`)).count === 0, 'pins are left');
    },
  );

  await checks.that('a wrong key: ipfs reads our failure', async () => {
    await node.ipfs('pin', 'remote', 'service', 'add', 'stranger', `${platform.url}/pinning`, 'wrong');
    const said = await node.ipfs('pin', 'remote', 'ls', '--service=stranger').then(
      () => '',
      (error) => error.message,
    );
    assert(/401|ERR_INVALID_AUTH/.test(said), `it said: ${said}`);
    return said.split('\n')[0].slice(0, 110);
  });
}
