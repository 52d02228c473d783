import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CarReader } from '@ipld/car';
import { CarBlockIterator } from '@ipld/car/iterator';
import { sha256 } from 'multiformats/hashes/sha2';
import type { Character } from './miners/characters.js';
import { DevnetProcess } from './testing/devnet-process.js';
import { lotusOver, type LotusCalls } from './testing/lotus-over.js';
import { sampleCar, type SampleCar } from './testing/sample-car.js';
import { until } from '../../test/support/until.js';

interface MinerView {
  miner: string;
  nature: Character;
  http: string;
}
interface DealInfo {
  State: number;
  Message: string;
  DealID: number;
  Provider: string;
  ProposalCid: { '/': string };
}

const OVER = [7, 8, 9, 26];

describe('The devnet, driven by lotus-client-rpc', () => {
  let dir: string;
  let devnet: DevnetProcess;
  let lotus: LotusCalls;
  let miners: MinerView[];
  let car: SampleCar;
  let wallet: string;
  let deals: Map<string, { '/': string }>;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'devnet-'));
    devnet = await DevnetProcess.start({ dataDir: join(dir, 'data') });
    lotus = lotusOver(devnet.rpcUrl);
    miners = (await devnet.admin('state'))['miners'] as MinerView[];
    wallet = await lotus.call('walletDefaultAddress');
    car = await sampleCar(join(dir, 'sample.car'), 3_000_000);
    const { Root } = await lotus.call<{ Root: { '/': string } }>('clientImport', { Path: car.path, IsCAR: true });
    expect(Root['/']).toBe(car.root.toString());
    deals = new Map();
    for (const { miner } of miners) deals.set(miner, await propose(miner, car));
    await until(
      async () =>
        (await infos()).every(
          (info) => OVER.includes(info.State) || info.Message === 'Provider state: StorageDealPublish',
        ),
      { timeoutMs: 30_000 },
    );
  }, 60_000);

  afterAll(async () => {
    await devnet?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const infos = () => Promise.all([...deals.values()].map((cid) => lotus.call<DealInfo>('clientGetDealInfo', cid)));
  const minerWho = (nature: Character) => miners.find((miner) => miner.nature === nature)!;
  const dealWith = async (nature: Character) =>
    lotus.call<DealInfo>('clientGetDealInfo', deals.get(minerWho(nature).miner));

  async function propose(miner: string, from: SampleCar, change: object = {}): Promise<{ '/': string }> {
    const { PeerId } = await lotus.call<{ PeerId: string }>('stateMinerInfo', miner, null);
    const { Response: ask } = await lotus.call<{ Response: { Price: string } }>('clientQueryAsk', PeerId, miner);
    const piece = await lotus.call<{ PieceCID: { '/': string }; PieceSize: number }>('clientDealPieceCID', {
      '/': from.root.toString(),
    });
    return lotus.call('clientStartDeal', {
      Data: {
        TransferType: 'graphsync',
        Root: { '/': from.root.toString() },
        PieceCid: piece.PieceCID,
        PieceSize: (piece.PieceSize / 128) * 127,
      },
      Wallet: wallet,
      Miner: miner,
      EpochPrice: String((BigInt(ask.Price) * BigInt(piece.PieceSize)) / 2n ** 30n + 1n),
      MinBlocksDuration: 518_400,
      ProviderCollateral: '0',
      DealStartEpoch: 0,
      FastRetrieval: true,
      VerifiedDeal: false,
      ...change,
    });
  }

  it('says that it is simulated wherever it speaks', async () => {
    expect(devnet.ready).toMatchObject({ ready: true, miners: 12, notice: 'devnet: simulated Filecoin network' });
    expect(await lotus.call('stateNetworkName')).toBe('tidewater-devnet');
    expect((await lotus.call<{ Version: string }>('version')).Version).toContain('devnet (simulated)');
    for (const url of [
      devnet.url('/health'),
      devnet.url('/nothing'),
      devnet.url('/admin/state'),
      minerWho('good').http,
    ]) {
      expect((await fetch(url)).headers.get('x-tidewater-devnet')).toBe('simulated');
    }
  });

  it('makes deals active with at least six distinct miners', async () => {
    const active = (await infos()).filter((info) => info.State === 7);
    expect(new Set(active.map((info) => info.Provider)).size).toBeGreaterThanOrEqual(6);
    for (const { DealID } of active) {
      const { Proposal, State } = await lotus.call<{
        Proposal: { PieceSize: number };
        State: { SectorStartEpoch: number; SlashEpoch: number };
      }>('stateMarketStorageDeal', DealID, null);
      expect(State.SectorStartEpoch).toBeGreaterThan(0);
      expect([Proposal.PieceSize, State.SlashEpoch]).toEqual([4_194_304, -1]);
    }
  });

  it("fails deals as their miners' characters are", async () => {
    expect(await dealWith('refuse')).toMatchObject({
      State: 26,
      DealID: 0,
      Message: expect.stringContaining('deal rejected: miner is not considering online storage deals'),
    });
    expect(await dealWith('vanish')).toMatchObject({
      State: 26,
      Message: expect.stringContaining('could not complete data transfer'),
    });
    expect(await dealWith('never-publish')).toMatchObject({
      State: 13,
      DealID: 0,
      Message: 'Provider state: StorageDealPublish',
    });
  });

  it('keeps the bytes once for all miners', async () => {
    const { size } = await stat(join(dir, 'data', 'cars', '1.car'));
    expect(size).toBe(car.bytes.length);
    await expect(stat(join(dir, 'data', 'cars', '2.car'))).rejects.toThrow('ENOENT');
  });

  it('gives the CAR back over HTTP, block by block as promised', async () => {
    const response = await fetch(`${minerWho('good').http}/ipfs/${car.root}?format=car`);
    expect(response.headers.get('content-type')).toBe('application/vnd.ipld.car; version=1; order=dfs; dups=n');
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(Buffer.compare(bytes, car.bytes)).toBe(0);
    const reader = await CarReader.fromBytes(bytes);
    expect((await reader.getRoots()).map(String)).toEqual([car.root.toString()]);
    for await (const block of reader.blocks())
      expect((await sha256.digest(block.bytes)).digest).toEqual(block.cid.multihash.digest);
  });

  it('serves single blocks, scopes, HEAD, and 404 for what a miner does not hold', async () => {
    const base = `${minerWho('good').http}/ipfs/${car.root}`;
    const raw = await fetch(base, { headers: { accept: 'application/vnd.ipld.raw' } });
    expect(Buffer.compare(new Uint8Array(await raw.arrayBuffer()), car.blocks.get(car.root.toString())!)).toBe(0);
    const root = await CarReader.fromBytes(
      new Uint8Array(await (await fetch(`${base}?format=car&dag-scope=block`)).arrayBuffer()),
    );
    const cids = [];
    for await (const cid of root.cids()) cids.push(String(cid));
    expect(cids).toEqual([String(car.root)]);
    expect((await fetch(`${base}?format=raw`, { method: 'HEAD' })).headers.get('content-length')).toBe(
      String(car.blocks.get(car.root.toString())!.length),
    );
    const unknown = await fetch(`${minerWho('refuse').http}/ipfs/${car.root}?format=car`);
    expect([unknown.status, ((await unknown.json()) as { error: string }).error]).toEqual([404, 'not-held']);
    expect((await fetch(base)).status).toBe(406);
    expect((await fetch(`${minerWho('good').http}/ipfs/nonsense?format=raw`)).status).toBe(400);
  });

  it('serves pieces with ranges', async () => {
    const piece = await lotus.call<{ PieceCID: { '/': string } }>('clientDealPieceCID', { '/': car.root.toString() });
    const url = `${minerWho('good').http}/piece/${piece.PieceCID['/']}`;
    expect((await fetch(url, { method: 'HEAD' })).headers.get('content-length')).toBe(String(car.bytes.length));
    const part = await fetch(url, { headers: { range: 'bytes=1000-1999' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 1000-1999/${car.bytes.length}`]);
    expect(Buffer.compare(new Uint8Array(await part.arrayBuffer()), car.bytes.subarray(1000, 2000))).toBe(0);
    expect((await fetch(`${url}x`)).status).toBe(404);
  });

  it('lets a liar be found out by its hashes, and a sealed-only miner refuse clearly', async () => {
    const wrong = [];
    const body = (await fetch(`${minerWho('lie').http}/ipfs/${car.root}?format=car`)).body!;
    for await (const { cid, bytes } of await CarBlockIterator.fromIterable(body)) {
      if (Buffer.compare((await sha256.digest(bytes)).digest, cid.multihash.digest) !== 0) wrong.push(cid);
    }
    expect(wrong.length).toBeGreaterThan(0);
    const sealed = await fetch(`${minerWho('sealed-only').http}/ipfs/${car.root}?format=car`);
    expect([sealed.status, ((await sealed.json()) as { error: string }).error]).toEqual([402, 'sealed-only']);
  });

  it("retrieves through the node, and refuses a liar's blocks", async () => {
    const offers = await lotus.call<{ Miner: string; MinPrice: string }[]>(
      'clientFindData',
      { '/': car.root.toString() },
      null,
    );
    const retrieve = async (nature: Character) => {
      const offer = offers.find(({ Miner }) => Miner === minerWho(nature).miner)!;
      const { DealID } = await lotus.call<{ DealID: number }>('clientRetrieve', {
        ...offer,
        Total: offer.MinPrice,
        Client: wallet,
      });
      await lotus.call('clientRetrieveWait', DealID);
      return DealID;
    };
    for (const nature of ['good', 'sealed-only'] as const) {
      const path = join(dir, `${nature}.car`);
      await lotus.call(
        'clientExport',
        { Root: { '/': car.root.toString() }, DAGs: null, FromLocalCAR: '', DealID: await retrieve(nature) },
        { Path: path, IsCAR: true },
      );
      expect(Buffer.compare(await readFile(path), car.bytes)).toBe(0);
    }
    await expect(retrieve('lie')).rejects.toThrow(/does not match its hash/);
    expect(await lotus.call<object[]>('clientListRetrievals')).toHaveLength(3);
  });

  it('says through IPNI which miners hold a CID, and where', async () => {
    const found = (await (await fetch(devnet.url(`/cid/${car.root}`))).json()) as {
      MultihashResults: { ProviderResults: { Provider: { Addrs: string[] } }[] }[];
    };
    const addresses = found.MultihashResults[0]!.ProviderResults.flatMap(({ Provider }) => Provider.Addrs);
    expect(addresses).toContain(`/ip4/127.0.0.1/tcp/${new URL(minerWho('good').http).port}/http`);
    expect((await fetch(devnet.url('/cid/bafkqaaa'))).status).toBe(404);
  });

  it("refuses a deal whose commP is not the CAR's, naming both", async () => {
    const wrong = 'baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy';
    const cid = await propose(minerWho('good').miner, car, {
      Data: {
        TransferType: 'graphsync',
        Root: { '/': car.root.toString() },
        PieceCid: { '/': wrong },
        PieceSize: 4_161_536,
      },
    });
    const info = await settled(cid);
    expect(info).toMatchObject({
      State: 26,
      Message: expect.stringMatching(/proposal CommP doesn't match calculated CommP: proposed baga.* calculated baga/),
    });
    expect(info.Message).toContain(wrong);
  });

  it('rejects a CAR that changed after its commP was known', async () => {
    const changing = await sampleCar(join(dir, 'changing.car'), 200_000, 'before');
    await lotus.call('clientImport', { Path: changing.path, IsCAR: true });
    await lotus.call('clientDealPieceCID', { '/': changing.root.toString() });
    const changed = Buffer.from(changing.bytes);
    changed[changed.length - 1]! ^= 1;
    const cid = await propose(minerWho('good').miner, changing);
    await writeFile(changing.path, changed);
    expect((await settled(cid)).Message).toMatch(/CommP doesn't match|CAR changed/);
  });

  it('answers unknown methods and failures with code and message', async () => {
    const post = async (method: string, ...params: unknown[]) => {
      const response = await fetch(devnet.rpcUrl, {
        method: 'POST',
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      });
      return { status: response.status, body: (await response.json()) as { error: { code: number; message: string } } };
    };
    expect(await post('Filecoin.ClientFlyToMoon')).toMatchObject({
      status: 500,
      body: { error: { code: -32601, message: "method 'Filecoin.ClientFlyToMoon' not found" } },
    });
    expect(await post('Filecoin.StateMarketStorageDeal', 999_999, null)).toMatchObject({
      status: 200,
      body: { error: { code: 1, message: expect.stringContaining('deal 999999 not found') } },
    });
    const eth = await fetch(devnet.url('/rpc/eth'), {
      method: 'POST',
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
    });
    expect(await eth.json()).toMatchObject({ result: '0x1df5e76' });
  });

  it('streams the chain and deals over WebSocket, and stops when cancelled', async () => {
    const overWs = lotusOver(devnet.rpcUrl.replace('http', 'ws'));
    const heads: { Type: string; Val: { Height: number } }[] = [];
    const updates: DealInfo[] = [];
    const stopHeads = await overWs.subscribe('chainNotify', (changes: typeof heads) => heads.push(...changes));
    const stopDeals = await overWs.subscribe('clientGetDealUpdates', (info: DealInfo) => updates.push(info));
    const small = await sampleCar(join(dir, 'small.car'), 1024, 'ws');
    await overWs.call('clientImport', { Path: small.path, IsCAR: true });
    const cid = await propose(minerWho('good').miner, small);
    await until(async () => updates.some((info) => info.ProposalCid['/'] === cid['/'] && info.State === 7), {
      timeoutMs: 10_000,
    });
    expect([
      ...new Set(updates.filter((info) => info.ProposalCid['/'] === cid['/']).map((info) => info.State)),
    ]).toEqual([21, 17, 13, 29, 5, 7]);
    expect(heads[0]?.Type).toBe('current');
    expect(heads.at(-1)!.Val.Height).toBeGreaterThan(heads[0]!.Val.Height);
    await stopHeads();
    await stopDeals();
    const seen = heads.length;
    await sleep(300);
    expect(heads).toHaveLength(seen);
    await overWs.close();
  });

  it('does as the admin endpoint says: faults, slashing, time', async () => {
    const { miner } = minerWho('good');
    expect(await devnet.admin('faults', { miner, fault: 'refuse' })).toMatchObject({ character: 'refuse' });
    const small = await sampleCar(join(dir, 'fault.car'), 2048, 'fault');
    await lotus.call('clientImport', { Path: small.path, IsCAR: true });
    expect((await settled(await propose(miner, small))).Message).toContain('deal rejected');
    await devnet.admin('reset-faults', {});
    const fine = await settled(await propose(miner, small, { MinBlocksDuration: 518_401 }));
    expect(fine.State).toBe(7);
    await devnet.admin('slash', { dealId: fine.DealID });
    expect((await lotus.call<DealInfo>('clientGetDealInfo', fine.ProposalCid)).State).toBe(9);
    expect(
      (await lotus.call<{ State: { SlashEpoch: number } }>('stateMarketStorageDeal', fine.DealID, null)).State
        .SlashEpoch,
    ).toBeGreaterThan(0);
    const before = (await lotus.call<{ Height: number }>('chainHead')).Height;
    await devnet.admin('advance', { epochs: 1_000_000 });
    expect((await lotus.call<{ Height: number }>('chainHead')).Height).toBeGreaterThanOrEqual(before + 1_000_000);
    expect((await infos()).map(({ State }) => State)).not.toContain(7);
    await expect(lotus.call('stateMarketStorageDeal', 1, null)).rejects.toThrow('not found');
    expect(await devnet.admin('faults', { miner: 't09', fault: 'refuse' })).toMatchObject({ error: 'no miner t09' });
  });

  async function settled(cid: { '/': string }): Promise<DealInfo> {
    let info = await lotus.call<DealInfo>('clientGetDealInfo', cid);
    await until(
      async () => {
        info = await lotus.call<DealInfo>('clientGetDealInfo', cid);
        return OVER.includes(info.State);
      },
      { timeoutMs: 15_000 },
    );
    return info;
  }
});
