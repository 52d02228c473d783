export { pinChanged } from './domain/pinning.events.js';
export { PinningHttpModule, PinningJobsModule, PinningModule } from './pinning.module.js';
export { ColdDags } from './ports/cold-dags.port.js';
