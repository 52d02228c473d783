export { HealthChecks, type CheckResult } from './health-checks.js';
