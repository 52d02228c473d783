export { HealthChecks, type CheckResult } from './health-checks.js';
export { HealthHttpModule, HealthModule, HealthWorkerModule } from './health.module.js';
export { Heartbeat } from './heartbeat.js';
export { Readiness, type ReadinessReport } from './readiness.js';
