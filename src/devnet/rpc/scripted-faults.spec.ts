import { beforeEach, describe, expect, it } from '@jest/globals';
import { isScriptedFault, scriptedFaults, ScriptedFaults } from './scripted-faults.js';

describe('faults of the node that are scripted', () => {
  let faults: ScriptedFaults;
  beforeEach(() => {
    faults = new ScriptedFaults();
  });

  it('befall the calls that they are about, until they are taken away', () => {
    faults.set('wallet-locked', null, null);
    expect(faults.take('Filecoin.ChainHead')).toBeUndefined();
    const answer = { kind: 'error', error: { code: 1, message: 'failed to start deal: wallet is locked' } };
    expect([1, 2].map(() => faults.take('Filecoin.ClientStartDeal'))).toEqual([answer, answer]);
    faults.clear('wallet-locked');
    expect(faults.take('Filecoin.ClientStartDeal')).toBeUndefined();
  });

  it('befall another method, or so many calls, where that is said', () => {
    faults.set('wallet-funds', 'WalletBalance', 2);
    expect(faults.take('Filecoin.ClientStartDeal')).toBeUndefined();
    expect([1, 2, 3].map(() => faults.take('Filecoin.WalletBalance')?.kind)).toEqual(['error', 'error', undefined]);
    expect(faults.list()).toEqual([]);
  });

  it('refuse every call for its token, or one method for what the token may do', () => {
    faults.set('token-refused', null, null);
    expect(faults.take('Filecoin.ChainHead')).toEqual({ kind: 'refused' });
    faults.set('token-refused', 'ClientStartDeal', null);
    expect(faults.take('Filecoin.ChainHead')).toBeUndefined();
    expect(faults.take('Filecoin.ClientStartDeal')).toMatchObject({
      error: { message: "missing permission to invoke 'ClientStartDeal' (need 'sign')" },
    });
  });

  it('have names, and say what they are', () => {
    expect(Object.keys(scriptedFaults).every(isScriptedFault)).toBe(true);
    expect(['toString', 'none', 7].some(isScriptedFault)).toBe(false);
  });
});
