import type { MinerStats } from '../../api/miner-types';
import { Sparkline } from '../../charts/Sparkline';
import { Waterfall } from '../../charts/Waterfall';
import { Section } from '../../parts/Section';
import { stepsOf } from './score-of';

/** The score line by line, and its course. */
export function MinerScore({ stats: { score } }: { stats: MinerStats }) {
  // A platform that keeps no scores says nothing of them.
  if (score === undefined) return null;
  if (score === null)
    return (
      <Section title="Score">
        <p className="quiet">None yet: it comes with the first deals.</p>
      </Section>
    );
  const course = score.course.map((day) => day.score);
  return (
    <Section
      title={`Score: ${score.score.toFixed(1)} of 100`}
      aside={
        course.length > 1 && (
          <Sparkline values={course} width={160} height={28} label={`Score by day, now ${score.score.toFixed(1)}`} />
        )
      }
    >
      <p className="quiet" style={{ marginTop: 0 }}>
        Each line counts the lower bound of what its evidence allows, so that little evidence scores low. What happened{' '}
        {score.halfLifeDays} days ago counts half.
      </p>
      <Waterfall steps={stepsOf(score)} total={score.score} />
    </Section>
  );
}
