import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { ChainCallFailed } from '../../chain/index.js';
import { ImportedCars } from './imported-cars.js';
import { LotusClient } from './lotus-client.js';
import { ScriptedLotus } from './testing/scripted-lotus.js';

const link = (cid: string) => ({ '/': cid });

describe('CARs at the node', () => {
  let lotus: ScriptedLotus;
  let cars: ImportedCars;
  let list: object[];
  const imports = () => lotus.seen.filter(({ method }) => method === 'Filecoin.ClientImport').length;

  beforeEach(async () => {
    list = [];
    lotus = await ScriptedLotus.start({
      ClientListImports: () => list,
      ClientImport: ({ Path }: { Path: string }) => ({ Root: link(`bafy${Path}`), ImportID: 1 }),
    });
    cars = new ImportedCars(new LotusClient({ url: lotus.url, token: '', timeoutMs: 2_000, clock: new TestClock() }));
  });
  afterEach(() => lotus.close());

  it('are imported once, however many ask at the same time', async () => {
    await Promise.all([cars.ensure('a', 'bafya'), cars.ensure('a', 'bafya'), cars.ensure('b', 'bafyb')]);
    await cars.ensure('a', 'bafya');
    expect(imports()).toBe(2);
  });

  it("are found again in the node's own list, unless the import there went wrong", async () => {
    list = [
      { FilePath: 'a', Root: link('bafya'), Err: '' },
      { FilePath: 'b', Root: link('bafyb'), Err: 'file is gone' },
      { FilePath: '', Root: null },
    ];
    await cars.ensure('a', 'bafya');
    expect(imports()).toBe(0);
    await cars.ensure('b', 'bafyb');
    expect(imports()).toBe(1);
  });

  it('are refused when the node finds another root in the file', async () => {
    await expect(cars.ensure('a', 'bafyother')).rejects.toBeInstanceOf(ChainCallFailed);
  });

  it('are tried again after a failure, and after the node forgot them', async () => {
    lotus.once.push('bad-gateway', 'bad-gateway');
    await expect(cars.ensure('a', 'bafya')).rejects.toThrow('HTTP 502');
    await cars.ensure('a', 'bafya');
    cars.forget('a');
    await cars.ensure('a', 'bafya');
    expect(imports()).toBe(2);
  });

  it('do not keep a caller who gives up', async () => {
    lotus.methods.set('ClientImport', () => new Promise(() => undefined));
    const controller = new AbortController();
    const waiting = cars.ensure('a', 'bafya', controller.signal);
    setTimeout(() => controller.abort(new Error('shutting down')), 50);
    await expect(waiting).rejects.toThrow('shutting down');
  });
});
