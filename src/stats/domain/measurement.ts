import type { Bandwidth } from './bandwidth.js';

/** What one observation was about. */
export type MeasurementKind =
  | 'proposal'
  | 'accept'
  | 'transfer'
  | 'publish'
  | 'seal'
  | 'failure'
  | 'slash'
  | 'retrieval-first-byte'
  | 'retrieval'
  | 'upload';

/** One row of the append-only table: something that was observed once. */
export interface Measurement {
  kind: MeasurementKind;
  miner: string | null;
  dealId: string | null;
  carId: string | null;
  cid: string | null;
  ok: boolean;
  phase: string | null;
  reason: string | null;
  /** Milliseconds that it took. */
  ms: number | null;
  bytes: number | null;
}

/** The rows and the bandwidth that one event stands for. They are stored together, once, however often the event is replayed. */
export interface Observation {
  measurements: Measurement[];
  bandwidth: Bandwidth[];
}

const blank: Omit<Measurement, 'kind' | 'ok'> = {
  miner: null,
  dealId: null,
  carId: null,
  cid: null,
  phase: null,
  reason: null,
  ms: null,
  bytes: null,
};

export function measurement(kind: MeasurementKind, ok: boolean, rest: Partial<Measurement> = {}): Measurement {
  return { ...blank, kind, ok, ...rest };
}
