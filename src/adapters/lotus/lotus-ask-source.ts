import { ChainCallFailed } from '../../chain/index.js';
import { AskNotAnswered, AskSource, type Ask } from '../../miners/index.js';
import type { MinerId } from '../../shared/index.js';
import { queryAsk } from './calls/client.calls.js';
import { minerInfo } from './calls/state.calls.js';
import { LotusTimeout } from './json-rpc-failure.js';
import type { LotusClient } from './lotus-client.js';

/** Asks miners through the node (ClientQueryAsk: Lotus up to v1.27.0). */
export class LotusAskSource extends AskSource {
  constructor(private readonly client: LotusClient) {
    super();
  }

  /** Two calls: the miner's peer id by `StateMinerInfo`, its ask by `ClientQueryAsk`, for which the node dials it. */
  async ask(miner: MinerId, signal?: AbortSignal): Promise<Ask> {
    try {
      const { PeerId } = await minerInfo(this.client, miner, signal);
      if (!PeerId) throw new AskNotAnswered(`${miner} has no peer id on chain`);
      const ask = await queryAsk(this.client, PeerId, miner, signal);
      return {
        price: ask.Price,
        verifiedPrice: ask.VerifiedPrice,
        minPieceSize: ask.MinPieceSize,
        maxPieceSize: ask.MaxPieceSize,
      };
    } catch (error) {
      if (error instanceof ChainCallFailed || error instanceof LotusTimeout)
        throw new AskNotAnswered(`${miner} did not tell its price: ${error.message}`, { cause: error });
      throw error;
    }
  }
}
