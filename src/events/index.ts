export { EventsHttpModule, EventsJobsModule } from './events.module.js';
