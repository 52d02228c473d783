import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppConfig } from '../../config/index.js';
import { WorkerPieceHasher } from './worker-piece-hasher.js';

const ramp = (length: number) => new Uint8Array(length).map((_, index) => index % 251);

/**
 * Computed with @web3-storage/data-segment 5.3 (another implementation); the first is the well-known commitment of 127
 * zero bytes.
 */
const KNOWN: [string, Uint8Array, string, bigint][] = [
  ['127 zero bytes', new Uint8Array(127), 'baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy', 128n],
  [
    'one byte, the smallest piece',
    Uint8Array.of(1),
    'baga6ea4seaqa3vw24qoc65kvaeuvst5witskqqwpv6zrniwvsmq6hch6qsq6yly',
    128n,
  ],
  ['65 bytes', new Uint8Array(65).fill(7), 'baga6ea4seaqpjyd5assuxndc6qsrehqmgkjqodlfe7nwklyt6l6dtuolj6m6afq', 128n],
  [
    '128 bytes, one too many for 128',
    new Uint8Array(128).map((_, index) => index),
    'baga6ea4seaqaj7qkb57afev2spxmfdh2s3arntdku6yeeipwuhmsv4pnfgbewmy',
    256n,
  ],
  ['1000 bytes', ramp(1000), 'baga6ea4seaqjkwakmxi5yn4p4xwck5asr7qyawoizfdhjtakqqrg2tivrdlb2ny', 1024n],
  ['1 MiB and a byte', ramp(1_048_577), 'baga6ea4seaqdaf4pagamyjx6gcafuudnbopnm2tcsz3qms6kev7r7skkji74ely', 2_097_152n],
  [
    '8 MiB and 3 bytes',
    ramp(8 * 1_048_576 + 3),
    'baga6ea4seaqgpeadp7axycuefllxyc3ut56wevebk4zlwxlnwdfghspwmlz7qfq',
    16_777_216n,
  ],
];

describe('piece hashing in worker threads', () => {
  let folder: string;
  let hasher: WorkerPieceHasher;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'commp-'));
    hasher = new WorkerPieceHasher(AppConfig.parse({ COMMP_THREADS: '2' }));
  });
  afterAll(async () => {
    await hasher.onApplicationShutdown();
    await rm(folder, { recursive: true });
  });
  const file = async (bytes: Uint8Array) => {
    const name = path.join(folder, `${bytes.length}-${Math.random()}`);
    await writeFile(name, bytes);
    return name;
  };

  it.each(KNOWN)('commits to %s as other implementations do', async (_, bytes, pieceCid, pieceSize) => {
    expect(await hasher.hash(await file(bytes))).toEqual({ pieceCid, pieceSize });
  });

  it('hashes more files than it has threads, each to its own commitment', async () => {
    const files = await Promise.all(KNOWN.map(([, bytes]) => file(bytes)));
    const commitments = await Promise.all(files.map((name) => hasher.hash(name)));
    expect(commitments.map(({ pieceCid }) => pieceCid)).toEqual(KNOWN.map(([, , pieceCid]) => pieceCid));
  });

  it('stops a file that is being hashed when its caller gives up, and goes on with the next', async () => {
    const abort = new AbortController();
    const long = hasher.hash(await file(new Uint8Array(64 * 1_048_576)), abort.signal, () =>
      abort.abort(new Error('enough')),
    );
    await expect(long).rejects.toThrow('enough');
    expect((await hasher.hash(await file(new Uint8Array(127)))).pieceSize).toBe(128n);
  });

  it('says why a file cannot be read, and goes on with the next', async () => {
    await expect(hasher.hash(path.join(folder, 'missing'))).rejects.toThrow('ENOENT');
    expect((await hasher.hash(await file(Uint8Array.of(1)))).pieceSize).toBe(128n);
  });
});
