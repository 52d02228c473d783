import { Group } from '@mantine/core';
import { Link } from 'wouter';
import type { ContentStatus, Deal } from '../../api/types';
import { Ago } from '../../parts/Ago';
import { Fact } from '../../parts/Fact';
import { Fil } from '../../parts/Fil';
import { Id } from '../../parts/Id';
import { SixDots } from '../../parts/SixDots';
import { slotStates } from '../../parts/slots';
import { StateText } from '../../parts/StateText';
import { useNow } from '../../parts/useNow';

/** A card for each slot with the deal that stands in it, or why none does. */
export function SlotCards({ status }: { status: ContentStatus }) {
  const now = useNow();
  const deals = status.deals.map(({ deal }) => deal);
  return (
    <div className="cards">
      {Array.from({ length: status.replication }, (_, slot) => {
        const own = deals.filter((deal) => deal.slot === slot);
        return (
          <SlotCard
            key={slot}
            slot={slot}
            own={own}
            state={slotStates(
              own.map((deal) => ({ ...deal, slot: 0 })),
              1,
              now,
            )}
          />
        );
      })}
    </div>
  );
}

function SlotCard({ slot, own, state }: { slot: number; own: readonly Deal[]; state: ReturnType<typeof slotStates> }) {
  const deal = own.find(({ live }) => live) ?? own.toSorted((one, other) => other.id - one.id)[0];
  const failed = own.filter((one) => one.failed || one.slashed).length;
  return (
    <div className="card">
      <Group justify="space-between" mb={8}>
        <strong>
          <SixDots states={state} /> Slot {slot + 1}
        </strong>
        {deal !== undefined && <StateText state={deal.state} />}
      </Group>
      {deal === undefined ? (
        <span className="quiet">No deal yet: a miner is being chosen.</span>
      ) : (
        <DealFacts deal={deal} />
      )}
      {failed > 0 && (
        <div className="quiet" style={{ fontSize: 12, marginTop: 8 }}>
          {failed} failed before; see below
        </div>
      )}
    </div>
  );
}

function DealFacts({ deal }: { deal: Deal }) {
  return (
    <dl className="facts">
      <Fact term="Miner">
        <Link href={`/network/miners/${deal.miner}`} className="mono" style={{ color: 'var(--accent)' }}>
          {deal.miner}
        </Link>
      </Fact>
      <Fact term="Deal">
        <Id value={deal.dealId === 0 ? null : deal.dealId} />
      </Fact>
      <Fact term="Proven">
        <Ago at={deal.sealedAt} />
      </Fact>
      <Fact term="Ends">
        <Ago at={deal.endAt} />
      </Fact>
      <Fact term="Cost">
        <Fil atto={deal.totalCost} />
      </Fact>
      {deal.failureReason !== null && (
        <>
          <dt>Reason</dt>
          <dd className="bad">{deal.failureReason}</dd>
        </>
      )}
    </dl>
  );
}
