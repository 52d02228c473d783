/** Says what went wrong, without a stack, and ends with exit code 1. */
export function fail(error) {
  console.error(`\n${error.message}`);
  process.exit(1);
}
