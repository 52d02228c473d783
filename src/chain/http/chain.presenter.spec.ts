import { describe, expect, it } from '@jest/globals';
import { balanceView, publicInfo } from './chain.presenter.js';

const at = new Date('2026-01-01T00:00:00Z');
const head = (network: string) => ({ value: { height: 5, timestamp: 1_767_225_600, network }, at, ageMs: 1234 });

describe('What the public is told about the chain', () => {
  it('says that a devnet is a devnet', () => {
    expect(
      publicInfo({
        head: head('tidewater-devnet'),
        address: 't1x',
        version: '1.27.0',
        price: null,
        unavailable: undefined,
      }),
    ).toMatchObject({
      network: 'tidewater-devnet',
      notice: expect.stringContaining('simulated'),
      head: { height: 5, ageSeconds: 1.2 },
    });
    expect(
      publicInfo({ head: head('mainnet'), address: 't1x', version: '1.27.0', price: null, unavailable: undefined }),
    ).not.toHaveProperty('notice');
  });

  it('answers also while the node is away, and says so', () => {
    expect(
      publicInfo({
        head: null,
        address: null,
        version: null,
        price: null,
        unavailable: 'the Filecoin node cannot be reached',
      }),
    ).toMatchObject({ network: null, head: null, unavailable: 'the Filecoin node cannot be reached' });
  });

  it("shows the wallet in Estuary's fields, whole numbers of attoFIL", () => {
    const value = {
      address: 't1x',
      balance: 10n ** 20n,
      escrow: 3n * 10n ** 18n,
      locked: 10n ** 18n,
      dataCap: 1n << 60n,
    };
    expect(balanceView({ value, at, ageMs: 0 })).toEqual({
      account: 't1x',
      balance: '100000000000000000000',
      marketEscrow: '3000000000000000000',
      marketLocked: '1000000000000000000',
      marketAvailable: '2000000000000000000',
      verifiedClientBalance: '1152921504606846976',
      fil: { balance: '100', marketEscrow: '3', marketLocked: '1', marketAvailable: '2' },
      ageSeconds: 0,
    });
  });
});
