// node test/support/hold-lock.mjs PATH: takes the lock of src/shared/file-lock.ts, says so, and keeps it until it is killed.
import '../../scripts/steps/typescript-imports.mjs';

const { FileLock } = await import('../../src/shared/file-lock.ts');
console.log(FileLock.tryTake(process.argv[2]) === null ? 'taken' : 'held');
setInterval(() => undefined, 1e6);
