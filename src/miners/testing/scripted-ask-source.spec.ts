import { minerId } from '../../shared/index.js';
import { describeAskSourceContract } from './ask-source.contract.js';
import { ScriptedAskSource } from './scripted-ask-source.js';

describeAskSourceContract('ScriptedAskSource', async () => {
  const source = new ScriptedAskSource();
  source.silent.add(minerId('t01001'));
  return { source, answering: minerId('t01000'), silent: minerId('t01001') };
});
