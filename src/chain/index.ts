export { ChainHttpModule, ChainModule } from './chain.module.js';
export { ChainCallFailed, ChainMethodMissing, ChainUnauthorized, ChainUnavailable } from './domain/chain.errors.js';
export { EpochClock } from './domain/epoch-clock.js';
export {
  type ChainHead,
  ChainSource,
  type MarketDeal,
  type MinerOnChain,
  type WalletFacts,
} from './ports/chain-source.port.js';
export { ChainHeads, type JudgedHead } from './verbs/chain-heads.js';
export { ChainFacts, type FilPrice } from './verbs/chain-facts.js';
