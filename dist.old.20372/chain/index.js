export { ChainHttpModule, ChainModule } from './chain.module.js';
export { ChainCallFailed, ChainMethodMissing, ChainUnauthorized, ChainUnavailable } from './domain/chain.errors.js';
export { EpochClock } from './domain/epoch-clock.js';
export { ChainSource } from './ports/chain-source.port.js';
export { ChainHeads } from './verbs/chain-heads.js';
export { ChainFacts } from './verbs/chain-facts.js';

//# sourceMappingURL=index.js.map
