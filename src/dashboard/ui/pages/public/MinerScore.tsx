import { Waterfall } from '../../charts/Waterfall';
import type { MinerStats } from '../../api/types';
import { Section } from '../../parts/Section';
import { scoreOf } from './score-of';

/** The score line by line; nothing where the platform keeps none. */
export function MinerScore({ stats }: { stats: MinerStats }) {
  const score = scoreOf(stats);
  if (score === null) return null;
  return (
    <Section title={`Score: ${score.total.toFixed(1)} of 100`}>
      <p className="quiet" style={{ marginTop: 0 }}>
        Each line counts the lower bound of what the evidence allows: little evidence scores low.
      </p>
      <Waterfall steps={score.steps} total={score.total} />
    </Section>
  );
}
