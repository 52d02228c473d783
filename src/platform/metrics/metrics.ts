import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { renamedMetrics, underOldName } from './renamed-metrics.js';

type Labels = Record<string, string>;

/**
 * Prometheus metrics by name. The first use of a name fixes its kind, help and label names; a label name that it did
 * not have then throws. Values are of this process and begin at 0 with it. Names end in the unit (`_seconds`,
 * `_bytes`), counters in `_total` (Prometheus, "Metric and label naming"). Label values must be few: never a CID, an
 * account or a path.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  private readonly counters = new Map<string, Counter>();
  private readonly gauges = new Map<string, Gauge>();
  private readonly histograms = new Map<string, Histogram>();

  private readonly beforeScrape: (() => Promise<void>)[] = [];

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Of what `render` answers with. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /**
   * For gauges that are counted only when somebody looks. All are run at once before each scrape; one that rejects
   * changes nothing.
   */
  onScrape(refresh: () => Promise<void>): void {
    this.beforeScrape.push(refresh);
  }

  /** The exposition, with renamed metrics under both names. A gauge that cannot be refreshed keeps its last value. */
  async render(): Promise<string> {
    await Promise.allSettled(this.beforeScrape.map((refresh) => refresh()));
    const old = Object.entries(renamedMetrics)
      .filter(([, name]) => this.registry.getSingleMetric(name) !== undefined)
      .map(async ([before, name]) => underOldName(await this.registry.getSingleMetricAsString(name), name, before));
    return [await this.registry.metrics(), ...(await Promise.all(old)).map((text) => `${text.trimEnd()}\n`)].join('\n');
  }

  /** Adds to a counter; `by` is not negative. */
  count(name: string, help: string, labels: Labels = {}, by = 1): void {
    let counter = this.counters.get(name);
    if (!counter) {
      counter = new Counter({ name, help, labelNames: Object.keys(labels), registers: [this.registry] });
      this.counters.set(name, counter);
    }
    counter.inc(labels, by);
  }

  /** Sets a gauge to what it is now. */
  gauge(name: string, help: string, value: number, labels: Labels = {}): void {
    let gauge = this.gauges.get(name);
    if (!gauge) {
      gauge = new Gauge({ name, help, labelNames: Object.keys(labels), registers: [this.registry] });
      this.gauges.set(name, gauge);
    }
    gauge.set(labels, value);
  }

  /** Adds one value to a histogram; `buckets` are upper bounds in the value's unit, taken from the first use. */
  observe(name: string, help: string, value: number, labels: Labels, buckets: number[]): void {
    let histogram = this.histograms.get(name);
    if (!histogram) {
      histogram = new Histogram({ name, help, labelNames: Object.keys(labels), buckets, registers: [this.registry] });
      this.histograms.set(name, histogram);
    }
    histogram.observe(labels, value);
  }

  /**
   * Starts a timer; call what it returns, once, with the outcome to record the seconds. A timer that is never called
   * records nothing.
   */
  timer(name: string, help: string, labels: Labels = {}): (outcome: { outcome: string }) => void {
    let histogram = this.histograms.get(name);
    if (!histogram) {
      histogram = new Histogram({
        name,
        help,
        labelNames: [...Object.keys(labels), 'outcome'],
        buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300],
        registers: [this.registry],
      });
      this.histograms.set(name, histogram);
    }
    const end = histogram.startTimer(labels);
    return (outcome) => void end(outcome);
  }
}
