import type { Counter, CounterGroup, Histogram, HistogramGroup, Metric, MetricGroup, Metrics, Summary, SummaryGroup } from '@libp2p/interface';

const SENT_BYTES = 'helia_bitswap_sent_data_bytes_total';
const nothing = () => undefined;
const timer = () => nothing;

const gauge: Metric & MetricGroup & Counter & CounterGroup = { update: nothing, increment: nothing, decrement: nothing, reset: nothing, timer };
const distribution: Histogram & HistogramGroup & Summary & SummaryGroup = { observe: nothing, reset: nothing, timer };

/** Listens to Helia's own counters for the one number that the platform wants: bytes of blocks that bitswap sent to peers. */
export class EgressMetrics implements Metrics {
  constructor(private readonly onSent: (bytes: number) => void) {}

  trackMultiaddrConnection(): void {}
  trackProtocolStream(): void {}
  registerMetric = () => gauge;
  registerMetricGroup = () => gauge;
  registerCounter = (name: string) => (name === SENT_BYTES ? { ...gauge, increment: (bytes = 0) => this.onSent(bytes) } : gauge);
  registerCounterGroup = () => gauge;
  registerHistogram = () => distribution;
  registerHistogramGroup = () => distribution;
  registerSummary = () => distribution;
  registerSummaryGroup = () => distribution;
  traceFunction = <F>(_name: string, traced: F): F => traced;
  createTrace(): undefined {}
}
