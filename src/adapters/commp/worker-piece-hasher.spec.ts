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

/** In chunks that fit nothing in particular. */
function* chunksOf(bytes: Uint8Array, size = 100_001): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function* later<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

describe('piece hashing in worker threads', () => {
  let hasher: WorkerPieceHasher;
  beforeAll(() => {
    hasher = new WorkerPieceHasher(AppConfig.parse({ COMMP_THREADS: '2' }));
  });
  afterAll(() => hasher.onApplicationShutdown());
  const hash = (bytes: Uint8Array) => hasher.hash(later(chunksOf(bytes)));

  it.each(KNOWN)('commits to %s as other implementations do', async (_, bytes, pieceCid, pieceSize) => {
    expect(await hash(bytes)).toEqual({ pieceCid, pieceSize });
  });

  it('hashes more pieces at once than it has threads, each to its own commitment', async () => {
    const commitments = await Promise.all(KNOWN.map(([, bytes]) => hash(bytes)));
    expect(commitments.map(({ pieceCid }) => pieceCid)).toEqual(KNOWN.map(([, , pieceCid]) => pieceCid));
  });

  it('goes on with others while the bytes of some do not come', async () => {
    const slow = Array.from({ length: 5 }, () => hasher.start());
    for (const piece of slow) await piece.write(Uint8Array.of(1));
    expect((await hash(new Uint8Array(127))).pieceCid).toBe(KNOWN[0]?.[2]);
    for (const piece of slow) expect((await piece.digest()).pieceCid).toBe(KNOWN[1]?.[2]);
  });

  it('copies what it is given: the caller may use its buffer again', async () => {
    const buffer = new Uint8Array(65).fill(7);
    const piece = hasher.start();
    await piece.write(buffer);
    buffer.fill(0);
    expect((await piece.digest()).pieceCid).toBe(KNOWN[2]?.[2]);
  });

  it('stops a piece when its caller gives up, and goes on with the next', async () => {
    const abort = new AbortController();
    async function* endless() {
      for (let n = 0; ; n += 1) {
        if (n === 20) abort.abort(new Error('enough'));
        yield new Uint8Array(1_048_576);
      }
    }
    await expect(hasher.hash(endless(), abort.signal)).rejects.toThrow('enough');
    await expect(hasher.hash(endless(), abort.signal)).rejects.toThrow('enough');
    expect((await hash(new Uint8Array(127))).pieceSize).toBe(128n);
  });

  it('says why the bytes of a piece end, and goes on with the next', async () => {
    async function* failing() {
      yield new Uint8Array(1000);
      throw new Error('the disk is gone');
    }
    await expect(hasher.hash(failing())).rejects.toThrow('the disk is gone');
    expect((await hash(Uint8Array.of(1))).pieceSize).toBe(128n);
  });

  it('tells those who wait that the process ends', async () => {
    const ending = new WorkerPieceHasher(AppConfig.parse({ COMMP_THREADS: '1' }));
    const piece = ending.start();
    const digest = piece.write(new Uint8Array(4)).then(() => piece.digest());
    const ended = expect(digest).rejects.toThrow('shutting down');
    await ending.onApplicationShutdown();
    await ended;
    expect(() => ending.start()).toThrow('shutting down');
  });
});
