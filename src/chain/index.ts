export { type ChainHead, ChainSource, type MarketDeal, type MinerOnChain, type WalletFacts } from './ports/chain-source.port.js';
