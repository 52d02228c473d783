export { leaseSql, type LeaseDefinition } from './lease-definition.js';
export { LeaseLost, type Claimed, type Lease } from './lease.js';
export { Leases } from './leases.js';
