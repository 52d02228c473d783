import { minerId } from '../../shared/index.js';
import { describeChainSourceContract } from './chain-source.contract.js';
import { ScriptedChainSource } from './scripted-chain-source.js';

describeChainSourceContract('ScriptedChainSource', async () => {
  const source = new ScriptedChainSource();
  const unreachable = new ScriptedChainSource();
  unreachable.down = true;
  return {
    source,
    unreachable,
    publishDeal: async () => {
      const deal = source.putDeal({ chainDealId: 7n, provider: minerId('t01000') });
      return { chainDealId: deal.chainDealId, provider: deal.provider };
    },
  };
});
