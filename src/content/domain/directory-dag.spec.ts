import { describe, expect, it } from '@jest/globals';
import { importer, type ImporterOptions } from 'ipfs-unixfs-importer';
import { CID } from 'multiformats/cid';
import { cidOf, RAW, rootFacts } from '../../ipld/index.js';
import { DirectoryDag } from './directory-dag.js';
import { importProfiles, type ProfileName } from './file-dag.js';
import { FolderTree } from './folder-tree.js';
import { parseFolderPath, parseUploadPath } from './upload-path.js';

const v0Leaf = CID.parse('QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH');

interface Made {
  cid: string;
  blocks: number;
  largest: number;
}

/** The directory of files with these paths; their text is the path. */
async function directoryOf(paths: readonly string[], profile: ProfileName, folders: string[] = []): Promise<Made> {
  const tree = new FolderTree(1_000_000);
  for (const path of paths) {
    const bytes = Buffer.from(path);
    const file = profile === 'unixfs-v0-2015' ? v0Leaf : cidOf(RAW, bytes);
    tree.fill(tree.reserve(parseUploadPath(path)), { cid: file, cumulative: bytes.length });
  }
  for (const folder of folders) tree.addFolder(parseFolderPath(folder));
  let [blocks, largest] = [0, 0];
  const dag = new DirectoryDag(tree, importProfiles[profile], async (cid, bytes) => {
    expect(rootFacts(cid, bytes).type).toBe('directory');
    blocks += 1;
    largest = Math.max(largest, bytes.length);
  });
  return { cid: (await dag.write(tree.root)).cid.toString(), blocks, largest };
}

/** The same by the reference implementation in JavaScript. */
async function oracle(paths: readonly string[], folders: readonly string[] = []): Promise<string> {
  const nowhere = { put: (cid: unknown) => Promise.resolve(cid) };
  const options: ImporterOptions = { profile: 'unixfs-v1-2025', wrapWithDirectory: true };
  const entries = [
    ...paths.map((path) => ({ path, content: Buffer.from(path) })),
    ...folders.map((path) => ({ path })),
  ];
  let root = '';
  for await (const entry of importer(entries, nowhere as never, options)) root = entry.cid.toString();
  return root;
}

describe('a folder becomes the directory that its profile names', () => {
  it('an empty one is the one that everybody knows', async () => {
    expect((await directoryOf([], 'unixfs-v1-2025')).cid).toBe(
      'bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354',
    );
    expect((await directoryOf([], 'unixfs-v0-2015')).cid).toBe('QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn');
  });

  it('with the CID of the reference implementation, in whatever order its files came', async () => {
    const paths = ['a/b/c.txt', 'a/d', 'z', 'a/b/ä ö', 'B', '10', '9', 'a/b.c', 'deep/er/and/er/x'];
    const expected = await oracle(paths, ['empty', 'a/none']);
    expect((await directoryOf(paths, 'unixfs-v1-2025', ['empty', 'a/none/'])).cid).toBe(expected);
    expect((await directoryOf(paths.toReversed(), 'unixfs-v1-2025', ['a/none', 'empty'])).cid).toBe(expected);
  });

  // A link with a name of 6 digits takes 50 bytes of a block: 5,242 of them are below 256 KiB.
  it.each([5_242, 5_243, 7_000])(
    'of %i names, sharded from 256 KiB on as the reference implementation does it',
    async (count) => {
      const paths = Array.from({ length: count }, (_, at) => `${100_000 + at}`);
      const { cid, largest } = await directoryOf(paths, 'unixfs-v1-2025');
      expect(cid).toBe(await oracle(paths));
      expect(largest).toBeLessThanOrEqual(256 * 1024);
    },
  );

  it('in the old profile sharded by the names and CIDs of its links alone', async () => {
    const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `${100_000 + at}`);
    // 6 bytes and 34: 6,553 of them are below 256 KiB.
    expect((await directoryOf(names(6_553), 'unixfs-v0-2015')).blocks).toBe(1);
    expect((await directoryOf(names(6_554), 'unixfs-v0-2015')).blocks).toBeGreaterThan(256);
  });
});

describe('paths of a folder', () => {
  const inTree = (...paths: string[]) => {
    const tree = new FolderTree(5);
    for (const path of paths)
      if (path.endsWith('/')) tree.addFolder(parseFolderPath(path));
      else tree.reserve(parseUploadPath(path));
    return tree;
  };

  it.each([
    '',
    '/a',
    '\\a',
    'C:\\a',
    'c:/a',
    'a//b',
    'a/../b',
    '..',
    './a',
    'a/.',
    'a/..\\..\\b',
    'a\0b',
    '\ud800',
    'x'.repeat(256),
    `${'x/'.repeat(2_100)}x`,
    `${'x/'.repeat(256)}x`,
  ])('%j is refused', (path) => {
    expect(() => inTree(path)).toThrow(expect.objectContaining({ code: 'ERR_PATH_INVALID' }));
  });

  it.each(['a', 'a/b', '...', 'a b/ü', 'dev\\x2did.swap', 'x'.repeat(255), `${'x/'.repeat(255)}x`])(
    '%j is taken',
    (path) => {
      expect(parseUploadPath(path).join('/')).toBe(path);
    },
  );

  it('twice, or a file and a folder of one name, is refused; a folder twice is one', () => {
    for (const paths of [
      ['a', 'a'],
      ['a', 'a/b'],
      ['a/b', 'a'],
      ['a', 'a/'],
      ['a/', 'a'],
    ])
      expect(() => inTree(...paths)).toThrow(expect.objectContaining({ code: 'ERR_PATH_CONFLICT' }));
    expect(inTree('a/', 'a/', 'a/b', 'a/c/')).toMatchObject({ files: 1, folders: 2 });
  });

  it('are at most as many as were agreed, folders on the way counted', () => {
    expect(inTree('a/b/c/d/e')).toMatchObject({ files: 1, folders: 4 });
    expect(() => inTree('a/b/c/d/e/f')).toThrow(expect.objectContaining({ code: 'ERR_TOO_MANY_ENTRIES' }));
    expect(() => inTree('a', 'b', 'c', 'd', 'e', 'f')).toThrow('at most 5');
  });
});
