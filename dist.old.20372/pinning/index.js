export { pinChanged } from './pinning.events.js';
export { PinningHttpModule, PinningJobsModule, PinningModule } from './pinning.module.js';
export { ColdDags } from './fetch/cold-dags.port.js';

//# sourceMappingURL=index.js.map
