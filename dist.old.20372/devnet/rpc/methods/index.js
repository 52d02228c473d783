import { chainMethods } from './chain.methods.js';
import { clientDealMethods } from './client-deal.methods.js';
import { clientRetrievalMethods } from './client-retrieval.methods.js';
import { stateMethods } from './state.methods.js';
import { walletMethods } from './wallet.methods.js';
/** Everything that is served as `Filecoin.*`. */ export function lotusMethods(net) {
    return {
        ...chainMethods(net),
        ...stateMethods(net),
        ...walletMethods(net),
        ...clientDealMethods(net),
        ...clientRetrievalMethods(net)
    };
}

//# sourceMappingURL=index.js.map
