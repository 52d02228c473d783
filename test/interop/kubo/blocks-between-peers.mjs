import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { assert } from './checks.mjs';
import { call, fromGateway } from './platform-calls.mjs';

const MIB = 1024 ** 2;

/**
 * Bitswap both ways: what was uploaded to us on a Kubo that only knows our delegates, and what only a Kubo has with us.
 */
export async function blocksBetweenPeers(
  checks,
  { platform, node, stranger, large, service = 'tidewater', prefix = '', held = () => undefined },
) {
  const pinAll = (...args) => node.ipfs('pin', 'remote', 'add', `--service=${service}`, ...args);

  await checks.that(`${prefix}a Kubo fetches over bitswap from our delegates what was uploaded to us`, async () => {
    const bytes = randomBytes(20 * MIB);
    const { cid } = await call(
      platform,
      'PUT',
      '/content/add?filename=uploaded.bin',
      bytes,
      'application/octet-stream',
    );
    const { delegates } = await call(platform, 'POST', '/pinning/pins', { cid });
    assert(
      delegates.length >= 1 && delegates.every((address) => /\/p2p\/[^/]+$/.test(address)),
      JSON.stringify(delegates),
    );
    await held(cid, delegates);
    await stranger.ipfs('swarm', 'connect', delegates[0]);
    const began = performance.now();
    assert((await stranger.bytes('cat', cid)).equals(bytes), 'the bytes differ');
    return rate(bytes.length, began);
  });

  const size = large ? 1024 * MIB : 64 * MIB;
  await checks.that(
    `${prefix}we pin a file of ${size / MIB} MiB that only a Kubo has`,
    async () => {
      const file = join(node.repo, `${service}-large.bin`);
      const hash = await writeRandom(file, size);
      const cid = await node.ipfs('add', '--quieter', '--cid-version=1', '--raw-leaves', file);
      const began = performance.now();
      assert(/pinned/.test(await pinAll('--name=large', cid)), 'not pinned');
      const figure = rate(size, began);
      const ours = createHash('sha256');
      for await (const chunk of (await fetch(`${platform.url}/ipfs/${cid}`)).body) ours.update(chunk);
      assert(ours.digest('hex') === hash, 'the bytes differ');
      return figure;
    },
    large ? 600 : 180,
  );

  const files = large ? 10_000 : 1_000;
  await checks.that(
    `${prefix}we pin a directory of ${files.toLocaleString('en')} files that only a Kubo has`,
    async () => {
      const folder = join(node.repo, `${service}-many`);
      await mkdir(folder);
      for (let n = 0; n < files; n++)
        await writeFile(join(folder, `${n}.txt`), `file ${n} ${randomBytes(16).toString('hex')}\n`);
      const cid = await node.ipfs('add', '--quieter', '--recursive', '--cid-version=1', folder);
      const began = performance.now();
      assert(/pinned/.test(await pinAll('--name=many', cid)), 'not pinned');
      const seconds = (performance.now() - began) / 1000;
      for (const n of [0, files >> 1, files - 1])
        assert(
          (await fromGateway(platform, `${cid}/${n}.txt`)).equals(await readAll(join(folder, `${n}.txt`))),
          `${n}.txt differs`,
        );
      return `${Math.round(files / seconds).toLocaleString('en')} files/s`;
    },
    large ? 600 : 180,
  );
}

const rate = (bytes, began) => `${(bytes / MIB / ((performance.now() - began) / 1000)).toFixed(0)} MiB/s`;

async function writeRandom(path, size) {
  const hash = createHash('sha256');
  const file = createWriteStream(path);
  for (let left = size; left > 0; left -= MIB) {
    const chunk = randomBytes(Math.min(MIB, left));
    hash.update(chunk);
    if (!file.write(chunk)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
  return hash.digest('hex');
}

async function readAll(path) {
  const parts = [];
  for await (const part of createReadStream(path)) parts.push(part);
  return Buffer.concat(parts);
}
