// For tests of other rooms that look at what a deletion leaves.
export { TrimRuns } from '../cars/trim-runs.js';
