/** The real thing, for tests of other rooms on a real database. */
export { SqlHotRoots } from '../store/sql-hot-roots.js';
