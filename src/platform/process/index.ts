export { NodeIdentity } from './node-identity.js';
export { ProcessInfo, type ProcessRole } from './process-info.js';
export { runProcess } from './run-process.js';
