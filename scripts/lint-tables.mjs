// node scripts/lint-tables.mjs [folder]: exit code 1 when a room names another room's table. Part of npm run lint.
import { faultsUnder } from './steps/table-rooms.mjs';
import { root } from './steps/root.mjs';

const faults = faultsUnder(process.argv[2] ?? root);
for (const fault of faults) console.error(fault);
if (faults.length > 0) {
  console.error(
    `${faults.length} places name another room's table: ask that room (its store, or a view or function that it offers)`,
  );
}
process.exitCode = faults.length > 0 ? 1 : 0;
