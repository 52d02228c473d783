import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { z } from 'zod';
import { ChainCallFailed, ChainMethodMissing, ChainUnauthorized, ChainUnavailable } from '../../chain/index.js';
import { messageOf } from '../../shared/index.js';
import { LotusClient } from './lotus-client.js';
import { ScriptedLotus, type Defect } from './testing/scripted-lotus.js';

const TOKEN = 'very-secret-token';

describe('The Lotus client', () => {
  let lotus: ScriptedLotus;
  let client: LotusClient;
  let clock: TestClock;

  beforeEach(async () => {
    clock = new TestClock();
    lotus = await ScriptedLotus.start({
      WalletDefaultAddress: () => 't1wallet',
      WalletBalance: (address: string) => {
        throw new Error(`actor ${address} not found`);
      },
      StateListMiners: () => 'not a list',
      ClientCancelDataTransfer: () => null,
    });
    client = new LotusClient({ url: lotus.url, token: TOKEN, timeoutMs: 500, clock });
  });
  afterEach(() => lotus.close());

  const ask = (options = {}) => client.call('WalletDefaultAddress', [], z.string(), options);
  const failure = async (options = {}) => {
    const error: unknown = await ask(options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    return error as Error;
  };

  it('sends JSON with the token in the header and nowhere else', async () => {
    expect(await ask()).toBe('t1wallet');
    expect(lotus.seen).toEqual([
      {
        method: 'Filecoin.WalletDefaultAddress',
        params: [],
        authorization: `Bearer ${TOKEN}`,
        contentType: 'application/json',
        url: '/rpc/v1',
      },
    ]);
  });

  it('speaks HTTP to an address written as ws://', async () => {
    const overWs = new LotusClient({
      url: lotus.url.replace('http', 'ws'),
      token: '',
      timeoutMs: 300,
      clock: new TestClock(),
    });
    expect(await overWs.call('WalletDefaultAddress', [], z.string())).toBe('t1wallet');
    expect(lotus.seen[0]?.authorization).toBeUndefined();
  });

  it.each<[Defect, unknown]>([
    ['unauthorized', ChainUnauthorized],
    ['bad-gateway', ChainUnavailable],
    ['garbage', ChainUnavailable],
    ['empty', ChainUnavailable],
    ['cut', ChainUnavailable],
    ['hang', ChainUnavailable],
    ['redirect', ChainUnavailable],
  ])('names the failure of a node that answers with: %s', async (defect, expected) => {
    lotus.defect = defect;
    const error = await failure();
    expect(error).toBeInstanceOf(expected);
    expect(error).toMatchObject({ retryable: true });
    expect(JSON.stringify([error.message, error.stack, error])).not.toContain(TOKEN);
  });

  it('recognises a method that the node does not have', async () => {
    const error: unknown = await client.call('ClientStartDeal', [{}], z.unknown()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ChainMethodMissing);
    expect(error).toMatchObject({ details: { method: 'Filecoin.ClientStartDeal', rpcCode: -32601 }, retryable: false });
  });

  it('keeps the code and the words of an error that the node answers with', async () => {
    const error: unknown = await client.call('WalletBalance', ['t1x'], z.string()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ChainCallFailed);
    expect(error).toMatchObject({ details: { rpcCode: 1 } });
    expect(messageOf(error)).toContain('actor t1x not found');
  });

  it('refuses an answer of the wrong shape', async () => {
    await expect(client.call('StateListMiners', [[]], z.array(z.string()))).rejects.toBeInstanceOf(ChainCallFailed);
  });

  it('takes an answer without a result as null: go-jsonrpc leaves it out', async () => {
    lotus.methods.set('WalletDefaultAddress', () => undefined);
    expect(await client.call('WalletDefaultAddress', [], z.null().optional())).toBeFalsy();
  });

  it("gives up when its caller does, with the caller's reason", async () => {
    lotus.defect = 'hang';
    const controller = new AbortController();
    const asked = ask({ signal: controller.signal });
    controller.abort(new Error('the request is gone'));
    await expect(asked).rejects.toThrow('the request is gone');
  });

  it('goes on after the node dropped its connections', async () => {
    await ask();
    lotus.dropConnections();
    expect(await ask({ idempotent: true })).toBe('t1wallet');
  });

  it('asks once more when the connection breaks under a question that does no harm, and not under a proposal', async () => {
    lotus.once.push('cut');
    expect(await ask({ idempotent: true })).toBe('t1wallet');
    lotus.once.push('cut');
    await expect(ask()).rejects.toBeInstanceOf(ChainUnavailable);
    expect(lotus.seen).toHaveLength(3);
  });

  it('stops asking a node that fails again and again, probes it later, and trusts it once it answers', async () => {
    lotus.defect = 'bad-gateway';
    for (let i = 0; i < 5; i++) await failure();
    expect(lotus.seen).toHaveLength(5);
    expect(await failure()).toMatchObject({ code: 'CHAIN_UNAVAILABLE', retryAfterMs: 1000 });
    expect(lotus.seen).toHaveLength(5);
    clock.advance(1001);
    await failure();
    expect(lotus.seen).toHaveLength(6);
    expect(await failure()).toMatchObject({ retryAfterMs: 2000 });
    lotus.defect = undefined;
    clock.advance(2001);
    expect(await ask()).toBe('t1wallet');
    expect(await ask()).toBe('t1wallet');
  });

  it('lets a single probe through at a time', async () => {
    lotus.defect = 'bad-gateway';
    for (let i = 0; i < 5; i++) await failure();
    clock.advance(1001);
    lotus.defect = 'hang';
    await Promise.all([failure(), failure(), failure()]);
    expect(lotus.seen).toHaveLength(6);
  });

  it('does not blame the node for a miner that is silent', async () => {
    lotus.defect = 'hang';
    for (let i = 0; i < 6; i++) await failure({ onBehalf: true, timeoutMs: 20 });
    lotus.defect = undefined;
    expect(await ask()).toBe('t1wallet');
  });
});
