import { Button } from '@mantine/core';
import { useParams } from 'wouter';
import type { ContentStatus } from '../../api/types';
import { formatBytes } from '../../format/bytes';
import { Ago } from '../../parts/Ago';
import { Failure } from '../../parts/Failure';
import { Id } from '../../parts/Id';
import { Loading } from '../../parts/Loading';
import { PageHead } from '../../parts/PageHead';
import { Section } from '../../parts/Section';
import { ContentDots } from './ContentDots';
import { ContentTimeline } from './ContentTimeline';
import { ContentTraffic } from './ContentTraffic';
import { DealTable } from './DealTable';
import { DeleteContent } from './DeleteContent';
import { GetIt } from './GetIt';
import { SlotCards } from './SlotCards';
import { useContentStatus } from './use-content-status';

/** One content: is it safe, with whom, how it got there, how to get it back. */
export default function ContentPage() {
  const { id = '' } = useParams<{ id: string }>();
  const status = useContentStatus(id);
  if (status.error !== null && status.data === undefined)
    return <Failure error={status.error} again={() => void status.refetch()} />;
  if (status.data === undefined) return <Loading rows={10} />;
  const { content, deals } = status.data;
  return (
    <>
      <PageHead title={content.name === '' ? 'Without a name' : content.name} sentence={sentence(status.data)}>
        <Button component="a" href={`/ipfs/${content.cid}`} variant="default">
          Open
        </Button>
        <DeleteContent content={content} />
      </PageHead>
      <ContentDots id={content.id} replication={content.replication} size={20} />
      <Facts status={status.data} />
      <Section title="Six slots">
        <SlotCards status={status.data} />
      </Section>
      <Section title="Get it back">
        <GetIt cid={content.cid} />
      </Section>
      <Section title="Traffic">
        <ContentTraffic id={content.id} />
      </Section>
      <Section title="What happened">
        <ContentTimeline id={content.id} deals={deals} />
      </Section>
      <Section title="All its deals, with those that failed">
        <DealTable deals={deals.map(({ deal }) => deal)} />
      </Section>
    </>
  );
}

function Facts({ status: { content, pieces, unsealed } }: { status: ContentStatus }) {
  return (
    <dl className="facts" style={{ marginTop: 16 }}>
      <dt>CID</dt>
      <dd>
        <Id value={content.cid} whole />
      </dd>
      <dt>Size</dt>
      <dd>
        {formatBytes(content.size)}, {content.type}
      </dd>
      <dt>Added</dt>
      <dd>
        <Ago at={content.createdAt} />
      </dd>
      <dt>Where</dt>
      <dd>{content.hot === true ? 'hot: on this node' : 'with miners'}</dd>
      <dt>Pieces</dt>
      <dd>
        {unsealed > 0 && 'its segment is still open; deals begin when it is sealed '}
        {pieces.map((piece) => (
          <div key={piece.carId}>
            <Id value={piece.pieceCid} /> {formatBytes(piece.pieceSize)}, {piece.state}
            {piece.lastError !== null && <span className="attention"> {piece.lastError}</span>}
          </div>
        ))}
      </dd>
    </dl>
  );
}

function sentence({ progress, deals, unsealed }: ContentStatus): string {
  const { active, wanted } = progress;
  if (active >= wanted) return `${active} of ${wanted} deals are active: proven on chain by ${wanted} miners.`;
  const moving = deals.filter(({ deal }) => deal.live && deal.state !== 'active').length;
  if (unsealed > 0) return 'Stored here. Deals begin as soon as its segment is sealed.';
  return `${active} of ${wanted} deals are active, ${moving} on their way.`;
}
