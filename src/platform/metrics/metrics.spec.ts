import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';
import { renamedMetrics, underOldName } from './renamed-metrics.js';

describe('metrics', () => {
  it('are exported with their help, kind, labels and values', async () => {
    const metrics = new Metrics();
    metrics.count('things_total', 'Things', { colour: 'red' });
    metrics.count('things_total', 'Things', { colour: 'red' }, 2);
    expect(await metrics.render()).toContain(
      '# HELP things_total Things\n# TYPE things_total counter\nthings_total{colour="red"} 3\n',
    );
  });

  it('are counted when somebody looks, and keep the last value when that fails', async () => {
    const metrics = new Metrics();
    let fails = false;
    metrics.onScrape(async () => {
      if (fails) throw new Error('no database');
      metrics.gauge('waiting', 'Who waits', 7);
    });
    expect(await metrics.render()).toMatch(/^waiting 7$/m);
    fails = true;
    expect(await metrics.render()).toMatch(/^waiting 7$/m);
  });

  it('that were renamed are exported under both names, the old one as deprecated', async () => {
    const metrics = new Metrics();
    metrics.gauge('tidewater_provider_records', 'Roots', 5, { state: 'announced' });
    metrics.gauge('tidewater_provider_records_failing', 'Roots that fail', 0);
    const lines = (await metrics.render()).split('\n');
    for (const name of ['tidewater_provider_records', 'tidewater_announcements'])
      expect(lines.filter((line) => line.startsWith(`${name}{`))).toEqual([`${name}{state="announced"} 5`]);
    for (const name of ['tidewater_provider_records_failing', 'tidewater_announcements_failing'])
      expect(lines.filter((line) => line.startsWith(`${name} `))).toEqual([`${name} 0`]);
    expect(lines).toContain('# HELP tidewater_announcements Deprecated, use tidewater_provider_records: Roots');
    expect(lines).toContain('# TYPE tidewater_announcements gauge');
    expect(lines.filter((line) => line.startsWith('# HELP tidewater_provider_records '))).toHaveLength(1);
  });

  it('that nothing has touched are not made up under their old names', async () => {
    const text = await new Metrics().render();
    for (const old of Object.keys(renamedMetrics)) expect(text).not.toContain(old);
  });

  it('histograms keep their buckets, sum and count under the old name', () => {
    const text = '# HELP a_s A\n# TYPE a_s histogram\na_s_bucket{le="1"} 1\na_s_sum 0.5\na_s_count 1\na_s_other 3';
    expect(underOldName(text, 'a_s', 'b_s').split('\n')).toEqual([
      '# HELP b_s Deprecated, use a_s: A',
      '# TYPE b_s histogram',
      'b_s_bucket{le="1"} 1',
      'b_s_sum 0.5',
      'b_s_count 1',
      'a_s_other 3',
    ]);
  });
});
