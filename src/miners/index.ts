export { AskNotAnswered } from './domain/miners.errors.js';
export { MinersHttpModule, MinersJobsModule, MinersModule } from './miners.module.js';
export { type Ask, AskSource } from './ports/ask-source.port.js';
export { PublicMiners } from './store/public-miners.query.js';
export type { PastAsk, PublicMiner } from './store/miners.sql.js';
export { ChooseMiners } from './verbs/choose-miners.js';
export { MinerRegistry } from './verbs/miner-registry.js';
export { RecordOutcome } from './verbs/record-outcome.js';
