/** Names of the last release that still work in this one. Old name -> the name that took its place. */
export const renamedSettings: Readonly<Record<string, string>> = {
  ANNOUNCE_INTERVAL_HOURS: 'PROVIDE_INTERVAL_HOURS',
  ANNOUNCE_CONCURRENCY: 'PROVIDE_CONCURRENCY',
  PIN_LOOKING: 'PIN_SEARCH_CONCURRENCY',
  DEALS_PATIENCE_SECONDS: 'DEALS_STALL_TIMEOUT_SECONDS',
};

type Settings = Record<string, string | undefined>;

/**
 * The environment with the names of today: an old name is taken for the new one, unless that is set as well, and is
 * gone from the result. An empty value counts as absent.
 *
 * @returns beside the environment one warning per old name, which tells the new one and never the value.
 */
export function withRenamedSettings(env: Settings): { env: Settings; warnings: string[] } {
  const current = { ...env };
  const warnings: string[] = [];
  for (const [old, name] of Object.entries(renamedSettings)) {
    const value = current[old];
    delete current[old];
    if (value === undefined || value === '') continue;
    const both = current[name] !== undefined && current[name] !== '';
    if (!both) current[name] = value;
    warnings.push(
      both
        ? `The setting ${old} is now called ${name}. Both are set: ${name} counts; remove ${old}.`
        : `The setting ${old} is now called ${name}. The old name works in this version only.`,
    );
  }
  return { env: current, warnings };
}
