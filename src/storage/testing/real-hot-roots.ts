/** The real thing, for tests of other rooms on a real database. */
export { PostgresHotRootsStore } from '../store/postgres-hot-roots.store.js';
