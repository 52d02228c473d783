export { lockDataFolder } from './data-folder-lock.js';
export { NodeIdentity } from './node-identity.js';
export { ProcessInfo, type ProcessRole } from './process-info.js';
export { runProcess, type ProcessStart } from './run-process.js';
export { StartRefused } from './start-refused.js';
export { OpenFence, WriterFence, WriterFenced } from './writer-fence.js';
