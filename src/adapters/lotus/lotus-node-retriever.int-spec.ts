import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { minerId } from '../../shared/index.js';
import { LotusClient } from './lotus-client.js';
import { LotusNodeRetriever } from './lotus-node-retriever.js';
import { ScriptedLotus } from './testing/scripted-lotus.js';

const link = (cid: string) => ({ '/': cid });
const offer = {
  Err: '',
  Root: link('bafyroot'),
  Piece: link('bagapiece'),
  Size: 1000,
  MinPrice: '0',
  UnsealPrice: '0',
  PricePerByte: '0',
  PaymentInterval: 1,
  PaymentIntervalIncrease: 1,
  Miner: 't01000',
  MinerPeer: { Address: 't01000', ID: '12D3', PieceCID: link('bagapiece') },
};
const order = { root: 'bafyroot', pieceCid: 'bagapiece', miner: minerId('t01000') };
const never = new AbortController().signal;

describe('retrieval through the node', () => {
  let lotus: ScriptedLotus;
  let retriever: LotusNodeRetriever;

  beforeEach(async () => {
    lotus = await ScriptedLotus.start({
      ClientMinerQueryOffer: () => offer,
      WalletDefaultAddress: () => 't3wallet',
      ClientRetrieve: () => ({ DealID: 7 }),
      ClientRetrieveWait: () => null,
      ClientExport: () => null,
      ClientCancelRetrievalDeal: () => null,
    });
    retriever = new LotusNodeRetriever(
      new LotusClient({ url: lotus.url, token: '', timeoutMs: 1_000, clock: new TestClock() }),
    );
  });
  afterEach(() => lotus.close());

  const paramsOf = (method: string) => lotus.seen.find((call) => call.method === `Filecoin.${method}`)?.params;

  it('takes a free offer, waits for it, and has the CAR exported', async () => {
    await retriever.retrieve(order, '/data/x.car', never);
    expect(paramsOf('ClientMinerQueryOffer')).toEqual(['t01000', link('bafyroot'), link('bagapiece')]);
    expect(paramsOf('ClientRetrieve')).toMatchObject([
      { Root: link('bafyroot'), Miner: 't01000', Client: 't3wallet', Total: '0', Size: 1000 },
    ]);
    expect(paramsOf('ClientRetrieveWait')).toEqual([7]);
    expect(paramsOf('ClientExport')).toEqual([
      { Root: link('bafyroot'), DealID: 7 },
      { Path: '/data/x.car', IsCAR: true },
    ]);
  });

  it.each([
    ['asks for unsealing', { ...offer, UnsealPrice: '5', MinPrice: '5' }, 'sealed-only'],
    ['asks for money', { ...offer, MinPrice: '5' }, 'payment-asked'],
    ['does not have it', { ...offer, Err: 'retrieval query offer was unavailable' }, 'not-held'],
  ])('pays nothing to a miner that %s', async (_name, answer, reason) => {
    lotus.methods.set('ClientMinerQueryOffer', () => answer);
    await expect(retriever.retrieve(order, '/data/x.car', never)).rejects.toMatchObject({ reason });
    expect(paramsOf('ClientRetrieve')).toBeUndefined();
  });

  it.each([
    ['failed to dial t01000: all dials failed', 'unreachable'],
    ['retrieval failed: block hash mismatch', 'wrong-bytes'],
    ['retrieval failed: stream reset', 'truncated'],
  ])('names "%s"', async (message, reason) => {
    lotus.methods.set('ClientRetrieveWait', () => {
      throw new Error(message);
    });
    await expect(retriever.retrieve(order, '/data/x.car', never)).rejects.toMatchObject({
      code: 'FETCH_FAILED',
      reason,
    });
  });

  it('says that a newer node cannot retrieve at all', async () => {
    lotus.methods.delete('ClientMinerQueryOffer');
    await expect(retriever.retrieve(order, '/data/x.car', never)).rejects.toMatchObject({
      reason: 'unsupported',
      fault: 'protocol-unsupported',
    });
  });

  it.each([
    ['ClientRetrieve', 'failed to create payment channel: not enough funds in wallet', 'wallet-funds'],
    ['ClientRetrieveWait', 'retrieval failed: wallet is locked', 'wallet-locked'],
    ['ClientExport', 'open /data/x.car: permission denied', 'file-not-visible'],
    ['ClientExport', 'something else', 'file-not-visible'],
    ['WalletDefaultAddress', 'failed to get default key', 'wallet-key-missing'],
    ['ClientMinerQueryOffer', "missing permission to invoke 'ClientMinerQueryOffer' (need 'read')", 'token-refused'],
  ])('tells what is the own node\'s, not the miner\'s: %s: "%s"', async (method, message, fault) => {
    lotus.methods.set(method, () => {
      throw new Error(message);
    });
    await expect(retriever.retrieve(order, '/data/x.car', never)).rejects.toMatchObject({
      reason: 'node-fault',
      fault,
    });
  });

  it.each([
    ['unauthorized', 'token-refused'],
    ['bad-gateway', 'node-unavailable'],
  ] as const)('tells that the node itself does not answer: %s', async (defect, fault) => {
    lotus.defect = defect;
    await expect(retriever.retrieve(order, '/data/x.car', never)).rejects.toMatchObject({
      reason: 'node-fault',
      fault,
    });
  });

  it('cancels what nobody waits for any more', async () => {
    lotus.methods.set('ClientRetrieveWait', () => new Promise(() => undefined));
    const control = new AbortController();
    setTimeout(() => control.abort(new Error('enough')), 100);
    await expect(retriever.retrieve(order, '/data/x.car', control.signal)).rejects.toThrow('enough');
    expect(paramsOf('ClientCancelRetrievalDeal')).toEqual([7]);
  });
});
