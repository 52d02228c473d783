import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { exporter, recursive } from 'ipfs-unixfs-exporter';
import { importer, type ImporterOptions } from 'ipfs-unixfs-importer';
import { CID } from 'multiformats/cid';
import { HotBlocks } from '../../storage/index.js';
import { contentNode, type ContentNode } from '../testing/content-app.js';
import { Client, type Answer, type UploadAnswer } from '../testing/uploads.js';

type FolderAnswer = UploadAnswer & { type: string; files: number };

interface ContentBody {
  name: string;
  type: string;
  size: number;
}

/** What is sent: files by path, and folders. */
interface Sent {
  files: Record<string, Uint8Array | string>;
  dirs?: string[];
  fields?: Record<string, string>;
}

const digest = (bytes: Uint8Array | string): string => hash('sha256', bytes);

/** The root that the reference implementation makes of these files. */
async function oracle({ files, dirs = [] }: Sent, wrapWithDirectory: boolean): Promise<string> {
  const nowhere = { put: (cid: unknown) => Promise.resolve(cid) };
  const options: ImporterOptions = { profile: 'unixfs-v1-2025', wrapWithDirectory };
  const entries = Object.entries(files).map(([name, bytes]) => ({ path: name, content: Buffer.from(bytes) }));
  let root = '';
  for await (const { cid } of importer([...entries, ...dirs.map((dir) => ({ path: dir }))], nowhere as never, options))
    root = cid.toString();
  return root;
}

describe('a folder as a form', () => {
  let node: ContentNode;
  let alice: Client;
  beforeAll(async () => {
    node = await contentNode({ CONTENT_SIZE_LIMIT: String(8 * 1024 ** 2), UPLOAD_ENTRIES_LIMIT: '2000' });
    alice = new Client(node, node.alice);
  }, 60_000);
  afterAll(() => node.close());

  function send({ files, dirs = [], fields = {} }: Sent, query = ''): Promise<Answer<FolderAnswer>> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    for (const [name, bytes] of Object.entries(files)) form.append('data', new Blob([Buffer.from(bytes)]), name);
    for (const dir of dirs) form.append('dir', dir);
    return alice.call<FolderAnswer>('POST', `/content/add${query}`, form);
  }

  function blocks(): object {
    const hot = node.app.get(HotBlocks, { strict: false });
    return {
      async *get(block: CID) {
        const bytes = await hot.get(block);
        if (!bytes) throw new Error(`no block ${block.toString()}`);
        yield bytes;
      },
    };
  }

  /** Paths below the root and hashes of the bytes there, read from this node's blocks by an independent implementation. */
  async function read(root: string): Promise<Record<string, string>> {
    const blockstore = blocks();
    const found: Record<string, string> = {};
    for await (const entry of recursive(CID.parse(root), blockstore as never)) {
      const below = entry.path.slice(root.length + 1);
      const whole = await exporter(entry.cid, blockstore as never);
      if (!('content' in whole)) {
        if (below !== '') found[`${below}/`] = '';
        continue;
      }
      const parts: Uint8Array[] = [];
      for await (const part of whole.content()) parts.push(part);
      found[below] = digest(Buffer.concat(parts));
    }
    return found;
  }

  async function unchanged(sending: () => Promise<void>): Promise<void> {
    const state = async () => ({
      rows: await node.database.query('SELECT id FROM contents'),
      cars: (await readdir(path.join(node.dataDir, 'cars'), { recursive: true })).filter((name) =>
        name.endsWith('.car'),
      ),
    });
    const before = await state();
    await sending();
    expect(await state()).toEqual(before);
  }

  it('is one content: a directory with its paths, empty folders, and the CID that others give', async () => {
    const big = randomBytes(2 * 1024 ** 2 + 17);
    const sent = {
      files: { 'site/index.html': '<p>', 'site/img/a b.png': big, 'site/img/ü/x': '', 'site/zero': new Uint8Array() },
      dirs: ['site/empty/', 'site/img/none'],
    };
    const { status, body } = await send(sent);
    expect([status, body]).toMatchObject([200, { type: 'directory', files: 4, providers: [] }]);
    expect(body.cid).toBe(await oracle(sent, false));
    expect(await read(body.cid)).toEqual({
      'index.html': digest('<p>'),
      'img/': '',
      'img/a b.png': digest(big),
      'img/ü/': '',
      'img/ü/x': digest(''),
      'img/none/': '',
      'empty/': '',
      zero: digest(''),
    });
    const content = (await alice.get<ContentBody>(`/content/${body.estuaryId}`)).body;
    expect(content).toMatchObject({ name: 'site', type: 'directory' });
    expect(content.size).toBeGreaterThanOrEqual(big.length);
  });

  it('that is no folder, but several files, is a directory above them', async () => {
    const sent = { files: { 'a.txt': 'a', 'b.txt': 'b' } };
    const { body } = await send({ ...sent, fields: { filename: 'letters' } });
    expect(body.cid).toBe(await oracle(sent, true));
    expect(await read(body.cid)).toEqual({ 'a.txt': digest('a'), 'b.txt': digest('b') });
    expect((await alice.get<ContentBody>(`/content/${body.estuaryId}`)).body.name).toBe('letters');
    const folders = { files: { 'x/1': '1', 'y/1': '1' } };
    expect((await send(folders)).body.cid).toBe(await oracle(folders, true));
  });

  it('with a directory around it where that is asked for, as ipfs add -w', async () => {
    for (const files of [{ 'a/b': 'x' }, { only: 'y' }] as Record<string, string>[]) {
      const { body } = await send({ files }, '?wrap-with-directory=true');
      expect([body.type, body.cid]).toEqual(['directory', await oracle({ files }, true)]);
    }
  });

  it('of one file, or of none', async () => {
    const { body } = await send({ files: { 'a/b/c': 'deep' } });
    expect([body.type, await read(body.cid)]).toEqual(['directory', { 'b/': '', 'b/c': digest('deep') }]);
    const empty = (await send({ files: {}, dirs: ['nothing/'] })).body;
    expect(empty.cid).toBe('bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354');
    const marked = (await send({ files: { 'f/x': '1', 'f/none/': '' } })).body;
    expect(Object.keys(await read(marked.cid)).sort()).toEqual(['none/', 'x']);
    expect((await send({ files: { 'plain.txt': 'x' } })).body).toMatchObject({ type: 'file', files: 1 });
  });

  it('of more files than a directory block holds is sharded, and every file is found', async () => {
    const names = Array.from({ length: 1_350 }, (_, at) => `f/${String(at).padStart(150, '-')}`);
    const sent = { files: Object.fromEntries(names.map((name) => [name, name])) };
    const { body } = await send(sent);
    expect([body.files, body.cid]).toEqual([1_350, await oracle(sent, false)]);
    const found = await exporter(`${body.cid}/${names[77]?.slice(2)}`, blocks() as never);
    expect(found.size).toBe(152n);
  }, 30_000);

  it.each<[string, string, Sent]>([
    ['climbs', 'ERR_PATH_INVALID', { files: { 'a/../../b': 'x' } }],
    ['climbs in a folder', 'ERR_PATH_INVALID', { files: { a: 'x' }, dirs: ['../up'] }],
    ['is absolute', 'ERR_PATH_INVALID', { files: { '/etc/passwd': 'x' } }],
    ['has an empty name', 'ERR_PATH_INVALID', { files: { 'a//b': 'x', c: 'y' } }],
    ['has a name that is too long', 'ERR_PATH_INVALID', { files: { [`a/${'x'.repeat(256)}`]: 'x' } }],
    ['is a folder with bytes', 'ERR_PATH_INVALID', { files: { 'a/': 'x' } }],
    ['is a file and a folder', 'ERR_PATH_CONFLICT', { files: { a: 'x', 'a/b': 'y' } }],
    ['is a folder field and a file', 'ERR_PATH_CONFLICT', { files: { 'f/a': 'x' }, dirs: ['f/a'] }],
  ])('with a path that %s is refused by %s and nothing is stored', async (_what, reason, sent) => {
    await unchanged(async () => {
      const { status, body } = await send(sent);
      expect([status, body.error?.reason]).toEqual([400, reason]);
    });
  });

  it('with one path twice, too many files or too many bytes is refused and nothing is stored', async () => {
    await unchanged(async () => {
      const twice = new FormData();
      for (const bytes of [randomBytes(2 * 1024 ** 2), randomBytes(10)]) twice.append('data', new Blob([bytes]), 'a');
      const answer = await alice.call('POST', '/content/add', twice);
      expect([answer.status, answer.body.error?.reason]).toEqual([400, 'ERR_PATH_CONFLICT']);
      const many = Object.fromEntries(Array.from({ length: 2_001 }, (_, at) => [`${at}`, '']));
      expect((await send({ files: many })).body.error?.reason).toBe('ERR_TOO_MANY_ENTRIES');
      const large = { a: randomBytes(5 * 1024 ** 2), b: randomBytes(5 * 1024 ** 2) };
      expect((await send({ files: large })).body.error?.reason).toBe('ERR_CONTENT_SIZE_OVER_LIMIT');
    });
  });
});
