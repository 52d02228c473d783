import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assert, until } from '../kubo/checks.mjs';
import { call, fromGateway } from '../kubo/platform-calls.mjs';
import { MIB, uploadDirectory, uploadFile } from './uploads.mjs';
import { peakMemory, workerOf } from './worker-process.mjs';

/** A worker that moves a large file keeps to this much memory, in MiB. */
const MOST_MEMORY = 512;

/** Two platforms, each with its own Helia, on loopback: `there` has it, `here` pins it. */
export async function pinsBetweenPlatforms(checks, { there, here, large }) {
  const size = (large ? 1024 : 64) * MIB;
  const files = large ? 10_000 : 1_000;
  // Large enough to be in the middle of it when something happens.
  const middling = (large ? 256 : 64) * MIB;

  await checks.that(
    `a file of ${size / MIB} MiB that only another Helia has is pinned, byte for byte`,
    async () => {
      const file = await uploadFile(there, size);
      const began = performance.now();
      await pinned(here, await pin(there, here, file.cid), 600);
      const figure = rate(size, began);
      assert((await hashAt(here, file.cid)) === file.sha256, 'the bytes differ');
      return figure;
    },
    900,
  );

  await checks.that(`the workers of both kept to ${MOST_MEMORY} MiB of memory`, () => {
    const [server, client] = [there, here].map((platform) => peakMemory(workerOf(platform)));
    assert(
      server === undefined || (server <= MOST_MEMORY && client <= MOST_MEMORY),
      `${server} MiB where it was fetched from, ${client} MiB where it was pinned`,
    );
    return server === undefined
      ? 'the system does not say'
      : `${server} MiB where it was fetched from, ${client} MiB where it was pinned`;
  });

  await checks.that(
    `a directory of ${files.toLocaleString('en')} files that only another Helia has is pinned`,
    async () => {
      const { cid, files: texts } = await uploadDirectory(there, files);
      const began = performance.now();
      await pinned(here, await pin(there, here, cid), 300);
      const seconds = (performance.now() - began) / 1000;
      for (const n of [0, files >> 1, files - 1])
        assert((await fromGateway(here, `${cid}/${n}.txt`)).toString() === texts.get(`${n}.txt`), `${n}.txt differs`);
      return `${Math.round(files / seconds).toLocaleString('en')} files/s`;
    },
    600,
  );

  await checks.that(
    'a pin that is cancelled while it runs leaves nothing',
    async () => {
      const before = await bytesBelow(join(here.dataFolder, 'cars'));
      const file = await uploadFile(there, middling);
      const { requestid } = await pin(there, here, file.cid);
      await until(
        async () =>
          Number((await call(here, 'GET', `/pinning/pins/${requestid}`)).info?.bytes ?? 0) > 8 * MIB || undefined,
        60,
        'bytes come in',
      );
      await call(here, 'DELETE', `/pinning/pins/${requestid}`);
      const left = await until(
        async () => {
          const bytes = await bytesBelow(join(here.dataFolder, 'cars'));
          return bytes - before < MIB ? bytes - before : undefined;
        },
        60,
        'its bytes are gone from the disk',
      );
      await sleep(2_000);
      assert(
        (await bytesBelow(join(here.dataFolder, 'cars'))) - before <= Math.max(left, 0),
        'more bytes came in afterwards',
      );
      const answer = await fetch(`${here.url}/pinning/pins/${requestid}`, {
        headers: { authorization: `Bearer ${here.key}` },
      });
      assert(answer.status === 404, `the pin answers ${answer.status}`);
      await until(
        async () => {
          const root = await fetch(`${here.url}/ipfs/${file.cid}?format=raw`);
          await root.arrayBuffer();
          return root.status === 404 || undefined;
        },
        30,
        'the gateway has nothing of it',
      );
    },
    300,
  );

  await checks.that(
    'a pin outlives the death of the worker that it is fetched from',
    async () => {
      const file = await uploadFile(there, middling);
      const request = await pin(there, here, file.cid);
      await until(
        async () =>
          Number((await call(here, 'GET', `/pinning/pins/${request.requestid}`)).info?.bytes ?? 0) > 8 * MIB ||
          undefined,
        60,
        'bytes come in',
      );
      process.kill(workerOf(there), 'SIGKILL');
      const began = performance.now();
      await pinned(here, request, 300);
      assert((await hashAt(here, file.cid)) === file.sha256, 'the bytes differ');
      return `${((performance.now() - began) / 1000).toFixed(1)} s after it`;
    },
    600,
  );
}

/** Asks `here` to pin what `there` has, with the delegates of `there` as origins. */
async function pin(there, here, cid) {
  const { delegates: origins } = await call(there, 'POST', '/pinning/pins', { cid });
  return call(here, 'POST', '/pinning/pins', { cid, origins });
}

async function pinned(platform, { requestid }, seconds) {
  await until(
    async () => {
      const { status, info } = await call(platform, 'GET', `/pinning/pins/${requestid}`);
      assert(status !== 'failed', `failed: ${JSON.stringify(info)}`);
      return status === 'pinned' || undefined;
    },
    seconds,
    'pinned',
  );
}

async function hashAt(platform, cid) {
  const hash = createHash('sha256');
  for await (const chunk of (await fetch(`${platform.url}/ipfs/${cid}`)).body) hash.update(chunk);
  return hash.digest('hex');
}

async function bytesBelow(folder) {
  let bytes = 0;
  for (const name of await readdir(folder))
    bytes += await stat(join(folder, name)).then(
      (entry) => (entry.isFile() ? entry.blocks * 512 : 0),
      () => 0,
    );
  return bytes;
}

const rate = (bytes, began) => `${(bytes / 1e6 / ((performance.now() - began) / 1000)).toFixed(0)} MB/s`;
