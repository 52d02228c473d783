import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** Names of ours that stand in the source as a whole string: those of metrics are among them. */
const exported = new Set(
  globSync('src/**/*.ts', { cwd: ROOT })
    .filter((file) => !file.endsWith('spec.ts'))
    .flatMap((file) => [...read(file).matchAll(/'(tidewater_[a-z_]+)'/g)].map(([, name]) => name as string)),
);

/** What Prometheus makes of a histogram (its documentation, "Metric types"). */
const seriesOf = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');

function namedIn(text: string): string[] {
  return [...new Set([...text.matchAll(/tidewater_[a-z_]+/g)].map(([name]) => seriesOf(name)))];
}

describe.each([['docs/monitoring/alerts.yml'], ['docs/monitoring/grafana.json']])('%s', (file) => {
  it('names metrics that the platform exports', () => {
    const names = namedIn(read(file));
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !exported.has(name))).toEqual([]);
  });

  it('asks by labels that these metrics have', () => {
    const source = globSync('src/**/*.ts', { cwd: ROOT }).map(read).join('\n');
    const unknown = [...read(file).matchAll(/(tidewater_[a-z_]+)\{([a-z]+)[=!]/g)].filter(
      ([, name, label]) => !hasLabel(source, seriesOf(name as string), label as string),
    );
    expect(unknown.map(([text]) => text)).toEqual([]);
  });
});

/** Whether the label stands within the call that exports the metric, or behind it where its value is computed. */
function hasLabel(source: string, name: string, label: string): boolean {
  const at = source.indexOf(`'${name}'`);
  return at >= 0 && new RegExp(`\\b${label}\\b`).test(source.slice(at - 800, at + 800));
}

describe('an alert', () => {
  const alerts = read('docs/monitoring/alerts.yml')
    .split(/^ {6}- alert: /m)
    .slice(1);

  it('has an expression, a severity, a summary, and says what it means', () => {
    expect(alerts.length).toBeGreaterThan(15);
    for (const alert of alerts) {
      const [name = ''] = alert.split('\n');
      for (const part of ['expr: ', 'severity: (page|ticket)', 'summary: ', 'description: '])
        expect([name, part, new RegExp(part).test(alert)]).toEqual([name, part, true]);
    }
  });

  it('has a name of its own', () => {
    const names = alerts.map((alert) => alert.split('\n')[0]);
    expect(new Set(names).size).toBe(names.length);
  });
});

it('the dashboard is one that Grafana can read: panels with places, titles and questions', () => {
  const { panels } = JSON.parse(read('docs/monitoring/grafana.json')) as {
    panels: { id: number; type: string; title: string; targets?: { expr: string }[]; gridPos: { w: number } }[];
  };
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const { type, title, targets, gridPos } of panels) {
    expect([title, gridPos.w > 0]).toEqual([title, true]);
    if (type !== 'row') expect([title, (targets ?? []).every(({ expr }) => expr.length > 0)]).toEqual([title, true]);
  }
});
