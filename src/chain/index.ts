export { ChainHttpModule, ChainModule } from './chain.module.js';
export type { Aged } from './domain/cached-fact.js';
export { ChainCallFailed, ChainMethodMissing, ChainUnauthorized, ChainUnavailable } from './domain/chain.errors.js';
export { EpochClock } from './domain/epoch-clock.js';
export {
  type ChainHead,
  ChainSource,
  type MarketDeal,
  type MinerOnChain,
  type WalletFacts,
} from './ports/chain-source.port.js';
export { type FilPrice, FilPriceSource } from './ports/fil-price-source.port.js';
export { ChainFacts } from './verbs/chain-facts.js';
