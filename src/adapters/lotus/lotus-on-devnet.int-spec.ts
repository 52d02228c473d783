import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { z } from 'zod';
import { ChainHeads, ChainUnauthorized } from '../../chain/index.js';
import { describeChainSourceContract } from '../../chain/testing/chain-source.contract.js';
import { DealProtocolUnsupported, type ProposalTerms, type ProposedPiece } from '../../deals/index.js';
import { describeDealMakerContract } from '../../deals/testing/deal-maker.contract.js';
import { describeDealMakerFaultsContract } from '../../deals/testing/deal-maker-faults.contract.js';
import { DevnetProcess } from '../../devnet/testing/devnet-process.js';
import { sampleCar } from '../../devnet/testing/sample-car.js';
import { describeAskSourceContract } from '../../miners/testing/ask-source.contract.js';
import { carId, type CarId, minerId, type MinerId, SystemClock } from '../../shared/index.js';
import { wireCid } from './calls/wire-shapes.js';
import { LotusAskSource } from './lotus-ask-source.js';
import { LotusChainSource } from './lotus-chain-source.js';
import { LotusClient } from './lotus-client.js';
import { LotusDealMaker } from './lotus-deal-maker.js';
import { ScriptedLotus } from './testing/scripted-lotus.js';

const TOKEN = 'devnet-token';
let dataDir: string;
let devnet: DevnetProcess;
let client: LotusClient;
let miners: MinerId[];
let cars = 0;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tidewater-lotus-'));
  devnet = await DevnetProcess.start({ dataDir, epochMs: 50, token: TOKEN });
  client = new LotusClient({ url: devnet.rpcUrl, token: TOKEN, timeoutMs: 20_000, clock: new TestClock() });
  miners = (await new LotusChainSource(client).listMiners()).slice(0, 6);
  const characters = ['good', 'good', 'refuse', 'down', 'vanish', 'down'];
  for (const [index, fault] of characters.entries()) await devnet.admin('faults', { miner: miners[index], fault });
}, 120_000);

afterAll(async () => {
  await devnet?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const nobody = () =>
  new LotusClient({ url: 'http://127.0.0.1:9/rpc/v1', token: '', timeoutMs: 500, clock: new TestClock() });
const pathOf = (id: CarId) => join(dataDir, `${id}.car`);
const miner = (index: number): MinerId => miners[index] ?? minerId('');

async function piece(bytes = 300_000): Promise<ProposedPiece> {
  const name = `${cars++}`;
  const car = await sampleCar(pathOf(carId(name)), bytes, name);
  const commP = await client.call('ClientCalcCommP', [car.path], z.object({ Root: wireCid, Size: z.number() }));
  return {
    carId: carId(name),
    root: car.root.toString(),
    carBytes: car.bytes.length,
    pieceCid: commP.Root,
    pieceSize: (BigInt(commP.Size) * 128n) / 127n,
  };
}

async function terms(): Promise<ProposalTerms> {
  const { height } = await new LotusChainSource(client).head();
  return { price: 30_000_000_000n, verified: false, duration: 518_400, startEpoch: height + 20_000 };
}

describeChainSourceContract('LotusChainSource on the devnet', async () => ({
  source: new LotusChainSource(client),
  unreachable: new LotusChainSource(nobody()),
  publishDeal: async () => {
    const maker = new LotusDealMaker(client, pathOf);
    const { proposalCid } = await maker.propose(await piece(), await terms(), miner(0));
    for (let i = 0; i < 400; i++) {
      const status = await maker.status(proposalCid);
      if (status?.chainDealId) return { chainDealId: status.chainDealId, provider: miner(0) };
      if (status?.phase === 'failed' || status?.phase === 'rejected') throw new Error(status.message ?? status.detail);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('the deal was never published');
  },
}));

describeAskSourceContract('LotusAskSource on the devnet', async () => ({
  source: new LotusAskSource(client),
  answering: miner(0),
  silent: miner(5),
}));

describeDealMakerContract('LotusDealMaker on the devnet', async () => ({
  maker: new LotusDealMaker(client, pathOf),
  unreachableNode: new LotusDealMaker(nobody(), pathOf),
  miners: { good: miner(0), alsoGood: miner(1), refuses: miner(2), unreachable: miner(3), transferFails: miner(4) },
  piece,
  terms,
  pass: () => new Promise((resolve) => setTimeout(resolve, 25)),
}));

describeDealMakerFaultsContract('LotusDealMaker on the devnet', async () => ({
  maker: () =>
    new LotusDealMaker(
      new LotusClient({ url: devnet.rpcUrl, token: TOKEN, timeoutMs: 20_000, clock: new TestClock() }),
      pathOf,
    ),
  script: async (fault) => void (await devnet.admin('node-faults', { fault: fault ?? 'none' })),
  miner: miner(0),
  piece,
  terms,
}));

describe('A head that is old', () => {
  it('is not fresh, whatever its height', async () => {
    const heads = new ChainHeads(new LotusChainSource(client), new SystemClock());
    expect(await heads.read()).toMatchObject({ fresh: true });
    await devnet.admin('node-faults', { fault: 'node-lagging', times: 1 });
    expect(await heads.read()).toMatchObject({ fresh: false });
    expect(await heads.read()).toMatchObject({ fresh: true });
  });
});

describe('Miners through Lotus', () => {
  it('have their addresses as text, an HTTP endpoint among them', async () => {
    const { addresses } = await new LotusChainSource(client).miner(miner(0));
    expect(addresses).toEqual([expect.stringMatching(/^\/ip4\/127\.0\.0\.1\/tcp\/[1-9]\d*\/http$/)]);
  });
});

describe('Deals through Lotus', () => {
  it('import each CAR once, also after a restart of ours', async () => {
    const proposed = await piece();
    const imports = async () =>
      (await client.call('ClientListImports', [], z.array(z.object({ FilePath: z.string() })))).filter(
        ({ FilePath }) => FilePath === pathOf(proposed.carId),
      ).length;
    const maker = new LotusDealMaker(client, pathOf);
    await Promise.all([
      maker.propose(proposed, await terms(), miner(0)),
      maker.propose(proposed, await terms(), miner(1)),
    ]);
    await new LotusDealMaker(client, pathOf).propose(proposed, { ...(await terms()), duration: 600_000 }, miner(0));
    expect(await imports()).toBe(1);
  });

  it('name the publish message and both receipts of a deal', async () => {
    const maker = new LotusDealMaker(client, pathOf);
    const proposed = await piece();
    const { proposalCid } = await maker.propose(proposed, await terms(), miner(0));
    let status = await maker.status(proposalCid);
    for (let i = 0; i < 400 && status?.phase !== 'active'; i++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      status = await maker.status(proposalCid);
    }
    expect(status).toMatchObject({
      phase: 'active',
      bytesSent: proposed.carBytes,
      publishCid: expect.stringMatching(/^bafy2bza/),
      proposal: { root: proposed.root, duration: 518_400 },
    });
    expect(await new LotusChainSource(client).marketDeal(status?.chainDealId ?? 0n)).toMatchObject({
      pieceCid: proposed.pieceCid,
      pieceSize: proposed.pieceSize,
      label: proposed.root,
      slashEpoch: null,
    });
  });

  it('are refused by name on a node that makes none', async () => {
    const modern = await ScriptedLotus.start({ WalletDefaultAddress: () => 't1wallet' });
    try {
      const maker = new LotusDealMaker(
        new LotusClient({ url: modern.url, token: '', timeoutMs: 2_000, clock: new TestClock() }),
        pathOf,
      );
      await expect(maker.propose(await piece(), await terms(), miner(0))).rejects.toBeInstanceOf(
        DealProtocolUnsupported,
      );
      await expect(maker.status('bafyreib2rxk3rybk3aobmv5cjuql3bm2twh4jo5uxgf5kpqcsgz7soitae')).rejects.toBeInstanceOf(
        DealProtocolUnsupported,
      );
    } finally {
      await modern.close();
    }
  });

  it('need the right token', async () => {
    const stranger = new LotusClient({ url: devnet.rpcUrl, token: 'wrong', timeoutMs: 2_000, clock: new TestClock() });
    await expect(new LotusChainSource(stranger).head()).rejects.toBeInstanceOf(ChainUnauthorized);
  });
});
