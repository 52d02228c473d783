import { METHOD_NOT_FOUND, type RpcError } from './json-rpc.js';

/** What becomes of a call: an error that the node answers with, something else than an answer, or an old head. */
export type ScriptedAnswer =
  | { kind: 'error'; error: RpcError }
  /** HTTP 401; the connection is cut; nothing ever comes. */
  | { kind: 'refused' | 'cut' | 'silent' }
  /** The answer as it would be, its blocks two hours old. */
  | { kind: 'old' };

interface FaultKind {
  about: string;
  /** Calls that it befalls where none is named; null: all. */
  methods: readonly string[] | null;
  answer: (method: string) => ScriptedAnswer;
}

/** Lotus has one code for everything that went wrong in a method. */
const says = (message: string, code = 1): ScriptedAnswer => ({ kind: 'error', error: { code, message } });
const START = ['ClientStartDeal'];

/** What can be wrong with the client's own node and wallet, in the words of Lotus v1.27.0 and its wallet. */
const kinds = {
  'wallet-funds': {
    about: 'the wallet cannot pay for the deal',
    methods: START,
    answer: () => says('adding market funds failed: not enough funds (required: 1.2 FIL, balance: 0.1 FIL)'),
  },
  'wallet-datacap': {
    about: 'too little DataCap',
    methods: START,
    answer: () => says('verified deal DataCap too small for proposed piece size: 0 < 2048'),
  },
  'wallet-locked': {
    about: 'nobody has unlocked the wallet',
    methods: START,
    answer: () => says('failed to start deal: wallet is locked'),
  },
  'wallet-key-missing': {
    about: 'the wallet has no such key',
    methods: START,
    answer: () => says('failed to sign deal proposal: key not found'),
  },
  'file-not-visible': {
    about: 'the node does not see the CAR',
    methods: ['ClientImport'],
    answer: () => says('open /data/cars/x.car: no such file or directory'),
  },
  'token-refused': {
    about: 'HTTP 401; for a named method: the token may not do that',
    methods: null,
    answer: (method) =>
      method === '' ? { kind: 'refused' } : says(`missing permission to invoke '${method}' (need 'sign')`),
  },
  'node-lagging': { about: 'the head is old', methods: ['ChainHead'], answer: () => ({ kind: 'old' }) },
  'node-unavailable': { about: 'connections are cut', methods: null, answer: () => ({ kind: 'cut' }) },
  'node-silent': { about: 'no answer ever comes', methods: null, answer: () => ({ kind: 'silent' }) },
  'protocol-unsupported': {
    about: 'the node has no such method',
    methods: START,
    answer: (method) => says(`method 'Filecoin.${method}' not found`, METHOD_NOT_FOUND),
  },
  'sector-size': {
    about: "the piece does not fit into the miner's sectors",
    methods: START,
    answer: () => says("data doesn't fit in a sector"),
  },
  unknown: {
    about: 'an error that nobody has a name for',
    methods: START,
    answer: () => says('the moon is in the seventh house'),
  },
} as const satisfies Record<string, FaultKind>;
/** The platform's names for faults of its node, and `node-silent`. */
export type ScriptedFaultName = keyof typeof kinds;

/** For names that came from outside. */
export function isScriptedFault(name: unknown): name is ScriptedFaultName {
  return typeof name === 'string' && Object.hasOwn(kinds, name);
}

/** All that can be scripted, with what each does. */
export const scriptedFaults: Record<ScriptedFaultName, string> = Object.fromEntries(
  Object.entries(kinds).map(([name, { about }]) => [name, about]),
) as Record<ScriptedFaultName, string>;

interface Scripted {
  fault: ScriptedFaultName;
  /** Null: every one that the fault befalls. */
  method: string | null;
  /** Calls that are left; null: until it is taken away. */
  times: number | null;
}

/**
 * Faults of the client's own node, as somebody who tests a client orders them: by name, for one method or for those
 * that such a fault befalls, for so many calls or until they are taken away. Gone with the process.
 */
export class ScriptedFaults {
  private scripted: Scripted[] = [];

  /** From now on. A fault that is there already is replaced. */
  set(fault: ScriptedFaultName, method: string | null, times: number | null): void {
    this.clear(fault);
    this.scripted.push({ fault, method, times });
  }

  /** That one, or all of them. */
  clear(fault?: ScriptedFaultName): void {
    this.scripted = fault === undefined ? [] : this.scripted.filter((each) => each.fault !== fault);
  }

  /** In the order in which they are tried; counts are those that are left. */
  list(): readonly Scripted[] {
    return this.scripted;
  }

  /** What becomes of this call (`Filecoin.X`), which counts as one; undefined: what becomes of it without faults. */
  take(called: unknown): ScriptedAnswer | undefined {
    const method = typeof called === 'string' ? called.replace(/^Filecoin\./, '') : '';
    const found = this.scripted.find((each) => befalls(each, method));
    if (found === undefined) return undefined;
    if (found.times !== null && --found.times === 0) this.clear(found.fault);
    // The ones of all calls happen before anybody looks at the method.
    return kinds[found.fault].answer(found.method === null && kinds[found.fault].methods === null ? '' : method);
  }
}

function befalls({ fault, method }: Scripted, called: string): boolean {
  if (method !== null) return method === called;
  const methods: readonly string[] | null = kinds[fault].methods;
  return methods === null || methods.includes(called);
}
