const GOOD = new Set(['active', 'sealed', 'pinned', 'stored', 'replicated', 'ok', 'announced', 'held']);
const BAD = new Set(['failed', 'rejected', 'slashed', 'expired', 'down', 'damaged', 'lost']);

/** A state in its own word; its colour only repeats it. */
export function StateText({ state, live = true }: { state: string; live?: boolean }) {
  const tone = BAD.has(state) ? 'bad' : GOOD.has(state) && live ? 'good' : 'quiet';
  return <span className={tone}>{state}</span>;
}
