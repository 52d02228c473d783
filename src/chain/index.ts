export { ChainCallFailed, ChainMethodMissing, ChainUnauthorized, ChainUnavailable } from './domain/chain.errors.js';
export { type ChainHead, ChainSource, type MarketDeal, type MinerOnChain, type WalletFacts } from './ports/chain-source.port.js';
