/** Names of the last release that are still exported beside the new ones. Old name -> the name that took its place. */
export const renamedMetrics: Readonly<Record<string, string>> = {
  tidewater_announcements: 'tidewater_provider_records',
  tidewater_announcements_failing: 'tidewater_provider_records_failing',
  tidewater_announcement_overdue_seconds: 'tidewater_provide_overdue_seconds',
  tidewater_pins_made_way_total: 'tidewater_pins_preempted_total',
};

/** The same metric in the Prometheus text format once more, under its old name; its help says which name to use. */
export function underOldName(exposition: string, name: string, old: string): string {
  return exposition
    .replace(new RegExp(`^# HELP ${name} `, 'm'), `# HELP ${old} Deprecated, use ${name}: `)
    .replace(new RegExp(`^# TYPE ${name} `, 'm'), `# TYPE ${old} `)
    .replace(new RegExp(`^${name}(?=[ {]|_bucket\\b|_sum\\b|_count\\b)`, 'gm'), old);
}
