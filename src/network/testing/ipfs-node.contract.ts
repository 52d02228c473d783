import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as dagCbor from '@ipld/dag-cbor';
import * as dagPb from '@ipld/dag-pb';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { identity } from 'multiformats/hashes/identity';
import { sha256 } from 'multiformats/hashes/sha2';
import { walkDag } from '../domain/dag-walk.js';
import type { IpfsNode, FetchedBlock, FetchOptions } from '../ports/ipfs-node.port.js';
import { BlockMap } from './block-map.js';

export interface NodeSetting {
  node: IpfsNode;
  /** What another peer has. */
  remote: BlockMap;
  /** Its address. */
  origin: string;
  /** An address of the right shape where nobody is. */
  deadOrigin: string;
  /**
   * What our CAR store has. A node that reads it by itself is built over this; any other is handed these blocks by
   * `provide`.
   */
  own: BlockMap;
  /** A peer that has nothing fetches the DAG from our node, and from nobody else: how many blocks it got. */
  fetchFromUs(root: CID, signal: AbortSignal): Promise<number>;
  close(): Promise<void>;
}

const MIB = 1024 ** 2;

async function put(blocks: BlockMap, code: number, bytes: Uint8Array): Promise<CID> {
  return blocks.put(CID.createV1(code, await sha256.digest(bytes)), bytes);
}

/** What every way to the IPFS network must do. */
export function describeIpfsNodeContract(name: string, make: () => Promise<NodeSetting>): void {
  describe(`IpfsNode: ${name}`, () => {
    let setting: NodeSetting;
    beforeAll(async () => {
      setting = await make();
    });
    afterAll(async () => {
      await setting.close();
    });

    const collect = async (root: CID, options: Partial<FetchOptions> = {}): Promise<FetchedBlock[]> => {
      const blocks: FetchedBlock[] = [];
      const full: FetchOptions = {
        origins: [setting.origin],
        signal: AbortSignal.timeout(60_000),
        have: () => Promise.resolve(null),
        ...options,
      };
      for await (const block of setting.node.fetch(root, full)) blocks.push(block);
      return blocks;
    };

    it('brings every block of a file of 64 MiB, in the order of its bytes', async () => {
      const content = randomBytes(64 * MIB);
      const root = await setting.remote.import([{ content }]);
      const blocks = await collect(root);
      expect(blocks[0]?.cid.equals(root)).toBe(true);
      expect(
        Buffer.concat(blocks.filter((block) => block.cid.code === raw.code).map((block) => block.bytes)).equals(
          content,
        ),
      ).toBe(true);
    }, 60_000);

    it('brings a directory of 500 files, each block once, parents before children', async () => {
      const files = Array.from({ length: 500 }, (_, at) => ({
        path: `site/part-${at % 7}/file-${at}.txt`,
        content: Buffer.from(`file ${at % 450}`),
      }));
      const root = await setting.remote.import(files);
      const blocks = await collect(root);
      expect(blocks.filter((block) => block.cid.code === raw.code)).toHaveLength(450);
      expect(new Set(blocks.map((block) => block.cid.toString())).size).toBe(blocks.length);
      expect(Math.max(...blocks.map((block) => block.depth))).toBe(2);
    }, 60_000);

    it('gives bytes that hash to their CID', async () => {
      const root = await setting.remote.import([{ content: randomBytes(3 * MIB) }]);
      for (const block of await collect(root)) {
        expect(
          Buffer.from((await sha256.digest(block.bytes)).digest).equals(Buffer.from(block.cid.multihash.digest)),
        ).toBe(true);
      }
    });

    it('follows dag-cbor, dag-json and dag-pb links, and links inside identity CIDs', async () => {
      const { remote } = setting;
      const leaves = await Promise.all(
        ['a', 'b', 'c'].map((text) => put(remote, raw.code, Buffer.from(`${text} ${randomBytes(4).toString('hex')}`))),
      );
      const [a, b, c] = leaves as [CID, CID, CID];
      const pb = await put(remote, dagPb.code, dagPb.encode(dagPb.prepare({ Links: [{ Name: 'a', Hash: a }] })));
      const json = await put(
        remote,
        0x0129,
        Buffer.from(JSON.stringify({ deep: [{ '/': b.toString() }], bytes: { '/': { bytes: 'AQ' } } })),
      );
      const inline = CID.createV1(dagCbor.code, identity.digest(dagCbor.encode({ c })));
      const root = await put(remote, dagCbor.code, dagCbor.encode({ list: [pb, json, inline] }));
      const got = (await collect(root)).map((block) => block.cid.toString());
      expect(got).toEqual([root, pb, a, json, b, c].map(String));
    });

    it('hands out a root that lies in its own CID', async () => {
      const root = CID.createV1(raw.code, identity.digest(Buffer.from('tiny')));
      const blocks = await collect(root, { origins: [] });
      expect(blocks.map((block) => Buffer.from(block.bytes).toString())).toEqual(['tiny']);
    });

    it('takes what the caller has from the caller', async () => {
      const root = await setting.remote.import([{ content: randomBytes(2 * MIB) }]);
      const own = new BlockMap();
      for (const { cid, bytes } of setting.remote.entries()) own.put(cid, bytes);
      const blocks = await collect(root, { origins: [], have: (cid) => own.get(cid) });
      expect(blocks).toHaveLength(3);
    });

    it('is not stopped by origins that are unreachable or nonsense', async () => {
      const root = await setting.remote.import([{ content: randomBytes(100) }]);
      const blocks = await collect(root, { origins: ['not a multiaddr', setting.deadOrigin, setting.origin] });
      expect(blocks).toHaveLength(1);
    });

    it('waits for a block that nobody has until the signal aborts, and then says why', async () => {
      const root = CID.createV1(raw.code, await sha256.digest(randomBytes(16)));
      const stop = new AbortController();
      setTimeout(() => stop.abort(new Error('enough')), 200);
      await expect(collect(root, { signal: stop.signal })).rejects.toThrow('enough');
    });

    it('names a DAG that is larger than allowed', async () => {
      for (const limits of [{ bytes: MIB }, { blocks: 2 }, { depth: 0 }]) {
        const root = await setting.remote.import([{ content: randomBytes(3 * MIB) }]);
        await expect(collect(root, { limits })).rejects.toMatchObject({ code: 'ERR_PIN_TOO_LARGE' });
      }
    });

    it('names a block that its codec cannot read, and a codec that nobody here can follow', async () => {
      const broken = await put(setting.remote, dagPb.code, Buffer.from('this is not protobuf'));
      await expect(collect(broken)).rejects.toMatchObject({ code: 'ERR_PIN_BLOCK_INVALID' });
      const git = await put(setting.remote, 0x78, Buffer.from('tree'));
      await expect(collect(git)).rejects.toMatchObject({ code: 'ERR_PIN_UNSUPPORTED' });
    });

    it('tells how to reach our node: 1 to 20 addresses that end in a peer id', async () => {
      const delegates = await setting.node.addresses();
      expect(delegates.length).toBeGreaterThan(0);
      expect(delegates.length).toBeLessThanOrEqual(20);
      for (const address of delegates) expect(address).toMatch(/\/p2p\/[A-Za-z0-9]+$/);
    });

    describe('what others get from us', () => {
      const never = new AbortController().signal;
      const missing = (cid: CID) => {
        throw new Error(`${cid.toString()} is not in the test's own blocks`);
      };
      const blocksOf = (root: CID) => () =>
        walkDag(root, { load: async (cid) => (await setting.own.get(cid)) ?? missing(cid), signal: never });

      it('is every block of what it provides', async () => {
        const files = Array.from({ length: 40 }, (_, at) => ({
          path: `album/photo-${at}.raw`,
          content: randomBytes(at === 0 ? 5 * MIB : 1_000),
        }));
        const root = await setting.own.import(files);
        await setting.node.provide(root, blocksOf(root), AbortSignal.timeout(30_000));
        // The directory, 39 small files, and the large one: its node and five leaves.
        expect(await setting.fetchFromUs(root, AbortSignal.timeout(30_000))).toBe(1 + 39 + 6);
      }, 60_000);

      it('is there after it was provided twice, and after a call that broke off was repeated', async () => {
        const root = await setting.own.import([{ content: randomBytes(3 * MIB) }]);
        let asked = false;
        const broken = async function* () {
          asked = true;
          yield* firstOf(blocksOf(root)());
          throw new Error('the disk is gone');
        };
        const outcome = await setting.node.provide(root, broken, AbortSignal.timeout(30_000)).then(
          () => 'provided',
          () => 'refused',
        );
        // A node that reads the CAR store by itself asks for nothing, so nothing can break off.
        expect(outcome).toBe(asked ? 'refused' : 'provided');
        for (let times = 0; times < 2; times++)
          await setting.node.provide(root, blocksOf(root), AbortSignal.timeout(30_000));
        expect(await setting.fetchFromUs(root, AbortSignal.timeout(30_000))).toBe(4);
      }, 60_000);

      it('is not waited for longer than the signal allows', async () => {
        const root = await setting.own.import([{ content: randomBytes(2 * MIB) }]);
        let asked = false;
        const stuck = async function* () {
          asked = true;
          yield* firstOf(blocksOf(root)());
          await new Promise(() => undefined);
        };
        const outcome = await setting.node.provide(root, stuck, AbortSignal.timeout(500)).then(
          () => 'provided',
          () => 'given up',
        );
        expect(outcome).toBe(asked ? 'given up' : 'provided');
      }, 10_000);

      it('is announced to routing systems that its status names, as often as one likes', async () => {
        const root = await setting.own.import([{ content: randomBytes(100) }]);
        await setting.node.provide(root, blocksOf(root), AbortSignal.timeout(30_000));
        const { routing } = await setting.node.status();
        for (let times = 0; times < 2; times++) {
          const announced = await setting.node.announce(root, AbortSignal.timeout(30_000));
          for (const system of announced.routing) expect(routing).toContain(system);
          expect(announced.routing.length > 0).toBe(routing.length > 0);
        }
      }, 60_000);

      it('is stopped, twice without harm, also what it never provided', async () => {
        const root = await setting.own.import([{ content: randomBytes(2 * MIB) }]);
        await setting.node.provide(root, blocksOf(root), AbortSignal.timeout(30_000));
        await setting.node.announce(root, AbortSignal.timeout(30_000));
        for (let times = 0; times < 2; times++) await setting.node.stopProviding(root, AbortSignal.timeout(30_000));
        await setting.node.stopProviding(
          CID.createV1(raw.code, await sha256.digest(randomBytes(16))),
          AbortSignal.timeout(30_000),
        );
        await setting.node.provide(root, blocksOf(root), AbortSignal.timeout(30_000));
        expect(await setting.fetchFromUs(root, AbortSignal.timeout(30_000))).toBe(3);
      }, 60_000);
    });

    it('says what it is: kind, agent, peer, addresses, peers and routing', async () => {
      const status = await setting.node.status();
      expect(status).toEqual({
        kind: expect.stringMatching(/^[a-z ]+$/),
        agent: expect.stringMatching(/./),
        peerId: expect.stringMatching(/^[A-Za-z0-9]+$/),
        addresses: await setting.node.addresses(),
        peers: expect.any(Number),
        routing: expect.any(Array),
      });
      for (const address of status.addresses) expect(address.endsWith(`/p2p/${status.peerId}`)).toBe(true);
    });
  });
}

async function* firstOf<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const item of items) {
    yield item;
    return;
  }
}
