export { StatsHttpModule, StatsJobsModule, StatsModule, StatsPortsModule } from './stats.module.js';
