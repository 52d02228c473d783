import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DevnetProcess } from './testing/devnet-process.js';
import { lotusOver, type LotusCalls } from './testing/lotus-over.js';
import { sampleCar, type SampleCar } from './testing/sample-car.js';
import { shapeDifferences } from './testing/same-shape.js';

/**
 * Served, but not in the document of the example answers: it covers the full node's own methods without subscriptions.
 */
const NOT_IN_DOCUMENT = ['Version', 'ID', 'ChainNotify', 'ClientGetDealUpdates', 'ClientGetRetrievalUpdates'];

/** Pointers and byte slices that are nil in Go more often than not: Lotus writes null there too. */
const NIL_IN_GO = [
  '$.PendingOwnerAddress: null instead of string',
  '$.Receipt.Return: null instead of string',
  '$[0].Event: null instead of number',
];

describe('What the devnet answers has the shape of lotus v1.27.0', () => {
  let dir: string;
  let devnet: DevnetProcess;
  let lotus: LotusCalls;
  let examples: Record<string, unknown>;
  let car: SampleCar;
  let params: Record<string, unknown[]>;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'devnet-shapes-'));
    examples = JSON.parse(await readFile(new URL('./testing/lotus-shapes.json', import.meta.url), 'utf8')) as Record<
      string,
      unknown
    >;
    devnet = await DevnetProcess.start({ dataDir: join(dir, 'data'), epochMs: 60, sealEpochs: 1 });
    lotus = lotusOver(devnet.rpcUrl);
    car = await sampleCar(join(dir, 'sample.car'), 100_000);
    const root = { '/': car.root.toString() };
    const wallet = await lotus.call('walletDefaultAddress');
    await lotus.call('clientImport', { Path: car.path, IsCAR: true });
    const { miners } = (await devnet.admin('state')) as { miners: { miner: string; nature: string }[] };
    const miner = miners.find(({ nature }) => nature === 'good')!.miner;
    const order = {
      Data: { TransferType: 'graphsync', Root: root, PieceCid: null, PieceSize: 0 },
      Wallet: wallet,
      Miner: miner,
      EpochPrice: '1000000000',
      MinBlocksDuration: 518_400,
    };
    const proposal = await lotus.call<{ '/': string }>('clientStartDeal', order);
    while ((await lotus.call<{ State: number }>('clientGetDealInfo', proposal)).State !== 7) await sleep(50);
    const { DealID } = await lotus.call<{ DealID: number }>('clientGetDealInfo', proposal);
    const offer = await lotus.call<object>('clientMinerQueryOffer', miner, root, null);
    const message = await lotus.call<{ '/': string }>('marketAddBalance', wallet, wallet, '1');
    params = {
      ChainGetTipSetByHeight: [1, null],
      ChainGetMessage: [message],
      StateSearchMsg: [null, message, -1, true],
      StateWaitMsg: [message, 0, -1, true],
      StateMinerInfo: [miner, null],
      StateMinerPower: [miner, null],
      StateAccountKey: [wallet, null],
      StateLookupID: [wallet, null],
      StateGetActor: [wallet, null],
      StateMarketBalance: [wallet, null],
      StateMarketStorageDeal: [DealID, null],
      StateMarketDeals: [null],
      StateVerifiedClientStatus: [wallet, null],
      StateDealProviderCollateralBounds: [1024, false, null],
      StateGetAllocations: [wallet, null],
      StateGetClaims: [miner, null],
      WalletBalance: [wallet],
      WalletHas: [wallet],
      WalletNew: ['secp256k1'],
      WalletValidateAddress: [wallet],
      MarketAddBalance: [wallet, wallet, '1'],
      ClientImport: [{ Path: car.path, IsCAR: true }],
      ClientRemoveImport: [99],
      ClientHasLocal: [root],
      ClientQueryAsk: ['', miner],
      ClientCalcCommP: [car.path],
      ClientDealPieceCID: [root],
      ClientDealSize: [root],
      ClientStartDeal: [{ ...order, MinBlocksDuration: 518_401 }],
      ClientGetDealInfo: [proposal],
      ClientGetDealStatus: [7],
      ClientMinerQueryOffer: [miner, root, null],
      ClientFindData: [root, null],
      ClientRetrieve: [{ ...offer, Total: '0', Client: wallet }],
      ClientRetrieveWait: [1],
      ClientExport: [
        { Root: root, DAGs: null, FromLocalCAR: '', DealID: 0 },
        { Path: join(dir, 'out.car'), IsCAR: true },
      ],
      ClientCancelRetrievalDeal: [1],
    };
  }, 60_000);

  afterAll(async () => {
    await devnet?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it('for every served method that the document has', async () => {
    const served = ((await devnet.admin('state'))['methods'] as string[]).map((name) => name.replace('Filecoin.', ''));
    expect(served.filter((name) => !(name in examples)).sort()).toEqual([...NOT_IN_DOCUMENT].sort());

    const differences: Record<string, string[]> = {};
    // The transfer of the deal is over: nothing is left to cancel.
    for (const name of served
      .filter((method) => method in examples && method !== 'ClientCancelDataTransfer')
      .sort(inOrder)) {
      const answer = await lotus.call<unknown>(name, ...(params[name] ?? []));
      const found =
        name === 'StateMarketDeals'
          ? Object.values(answer as object).flatMap((deal) =>
              shapeDifferences(Object.values(examples[name] as object)[0], deal),
            )
          : shapeDifferences(examples[name], answer);
      const real = found.filter((difference) => !NIL_IN_GO.includes(difference));
      if (real.length) differences[name] = real;
    }
    expect(differences).toEqual({});
  });

  it('for blocks of tipsets', async () => {
    const { Blocks } = await lotus.call<{ Blocks: unknown[] }>('chainHead');
    expect(Blocks.flatMap((block) => shapeDifferences(examples['ChainGetBlock'], block))).toEqual([]);
  });

  it('for offers and retrievals, which are there', async () => {
    expect(await lotus.call<unknown[]>('clientFindData', { '/': car.root.toString() }, null)).not.toHaveLength(0);
    expect(await lotus.call<unknown[]>('clientListRetrievals')).not.toHaveLength(0);
  });

  it('and a wallet without DataCap has none, as in Go: null', async () => {
    expect(
      await lotus.call<unknown>('stateVerifiedClientStatus', await lotus.call('walletNew', 'secp256k1'), null),
    ).toBeNull();
  });
});

/** Retrievals first and lists last: what they show has to be there. */
function inOrder(a: string, b: string): number {
  const rank = (name: string) => (name.startsWith('ClientRetrieve') ? 0 : name.startsWith('ClientList') ? 2 : 1);
  return rank(a) - rank(b) || a.localeCompare(b);
}
