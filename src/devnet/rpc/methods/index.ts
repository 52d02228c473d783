import type { Network } from '../../network.js';
import type { Methods } from '../json-rpc.js';
import { chainMethods } from './chain.methods.js';
import { clientDealMethods } from './client-deal.methods.js';
import { clientRetrievalMethods } from './client-retrieval.methods.js';
import { stateMethods } from './state.methods.js';
import { walletMethods } from './wallet.methods.js';

/** Everything that is served as `Filecoin.*`. */
export function lotusMethods(net: Network): Methods {
  return {
    ...chainMethods(net),
    ...stateMethods(net),
    ...walletMethods(net),
    ...clientDealMethods(net),
    ...clientRetrievalMethods(net),
  };
}
