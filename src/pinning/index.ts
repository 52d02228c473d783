export { pinChanged } from './pinning.events.js';
export { PinningHttpModule, PinningJobsModule, PinningModule } from './pinning.module.js';
export { ColdDags } from './fetch/cold-dags.port.js';
export { PinCounts } from './requests/pin-store.port.js';
