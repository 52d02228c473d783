// What is uploaded to a platform and then pinned by another.
import { createHash, randomBytes } from 'node:crypto';
import { CarWriter } from '@ipld/car';
import { importer } from 'ipfs-unixfs-importer';

export const MIB = 1024 ** 2;

/** Uploads a file of random bytes as it is made: { cid, sha256, size }. */
export async function uploadFile(platform, size) {
  const hash = createHash('sha256');
  async function* bytes() {
    for (let left = size; left > 0; left -= MIB) {
      const chunk = randomBytes(Math.min(MIB, left));
      hash.update(chunk);
      yield chunk;
    }
  }
  const { cid } = await send(
    platform,
    'PUT',
    '/content/add?filename=large.bin',
    ReadableStream.from(bytes()),
    'application/octet-stream',
  );
  return { cid, size, sha256: hash.digest('hex') };
}

/** Uploads a directory as a CAR: { cid, files: Map<name, text> }. */
export async function uploadDirectory(platform, count) {
  const files = new Map(
    Array.from({ length: count }, (_, n) => [`${n}.txt`, `file ${n} ${randomBytes(16).toString('hex')}\n`]),
  );
  const blocks = [];
  const store = { put: (cid, bytes) => (blocks.push({ cid, bytes }), Promise.resolve(cid)) };
  const source = [...files].map(([name, text]) => ({ path: `many/${name}`, content: Buffer.from(text) }));
  let root;
  for await (const entry of importer(source, store, { profile: 'unixfs-v1-2025' })) root = entry.cid;
  const { writer, out } = CarWriter.create([root]);
  const written = (async () => {
    for (const block of blocks) await writer.put(block);
    await writer.close();
  })();
  await Promise.all([
    written,
    send(platform, 'POST', '/content/add-car?filename=many', ReadableStream.from(out), 'application/vnd.ipld.car'),
  ]);
  return { cid: root.toString(), files };
}

async function send(platform, method, path, body, type) {
  const answer = await fetch(platform.url + path, {
    method,
    body,
    duplex: 'half',
    headers: { authorization: `Bearer ${platform.key}`, 'content-type': type },
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}
