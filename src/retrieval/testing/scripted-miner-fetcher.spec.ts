import { describeMinerFetcherContract, type MinerManner, PIECE_CID } from './miner-fetcher.contract.js';
import { ScriptedMinerFetcher } from './scripted-miner-fetcher.js';

describeMinerFetcherContract('as tests script them', (dag, car) => {
  const fetcher = new ScriptedMinerFetcher().holds(dag).holdsPiece(PIECE_CID, car);
  const urlOf = (manner: MinerManner) => `http://${manner}`;
  fetcher.script(urlOf('lying'), { does: 'lie', after: 5 }).script(urlOf('cutting'), { does: 'cut', after: 5 });
  fetcher
    .script(urlOf('empty-handed'), { does: 'fail', reason: 'not-held' })
    .script(`${urlOf('empty-handed')}/piece`, { does: 'fail', reason: 'not-held' });
  fetcher
    .script(urlOf('sealed'), { does: 'fail', reason: 'sealed-only' })
    .script(urlOf('gone'), { does: 'fail', reason: 'unreachable' });
  return Promise.resolve({ fetcher, urlOf, close: () => Promise.resolve() });
});
