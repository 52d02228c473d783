export * from './atto-fil.js';
export * from './cid.js';
export * from './clock.js';
export * from './deal-terms.js';
export * from './domain-error.js';
export * from './epoch.js';
export * from './ids.js';
export * from './json.js';
