import { Button, Group } from '@mantine/core';
import type { PublicContent, PublicDeal } from '../../api/types';
import { formatBytes } from '../../format/bytes';
import { relativeTime } from '../../format/time';
import { Ago } from '../../parts/Ago';
import { Command } from '../../parts/Command';
import { Fact } from '../../parts/Fact';
import { Id } from '../../parts/Id';
import { Section } from '../../parts/Section';
import { SixDots } from '../../parts/SixDots';
import { slotStatesInOrder } from '../../parts/slots';
import { StateText } from '../../parts/StateText';
import { useNow } from '../../parts/useNow';
import { Link } from 'wouter';
import { saveJson } from './save-json';

/** Six deals are what the platform makes for every content, unless its owner asked for fewer. */
const SLOTS = 6;

/** The answer in one sentence, then the deals, then how to prove it without us. */
export function Proof({ found, asked }: { found: PublicContent; asked: string }) {
  const { content, deals, pieces } = found;
  const now = useNow();
  const states = slotStatesInOrder(
    deals.map((deal) => ({ ...deal, live: true })),
    SLOTS,
    now,
  );
  return (
    <>
      <Group gap={16} align="center">
        <SixDots states={states} size={20} />
        <p role="status" style={{ fontSize: 18, fontWeight: 600, margin: 0 }}>
          {sentence(found, now)}
        </p>
      </Group>
      <dl className="facts" style={{ marginTop: 16 }}>
        <Fact term="CID">
          <Id value={content.cid} whole />
        </Fact>
        <Fact term="Size">
          {formatBytes(content.size)}, {content.type}
        </Fact>
        <Fact term="Hot">
          {content.hot ? 'Yes: served from this node at once' : 'No: miners hold it; it is fetched when asked for'}
        </Fact>
        <Fact term="Pieces">
          {pieces.length === 0 && 'Not sealed into a piece yet'}
          {pieces.map(({ pieceCid, pieceSize }) => (
            <div key={pieceCid}>
              <Id value={pieceCid} /> {formatBytes(pieceSize)}
            </div>
          ))}
        </Fact>
      </dl>
      <Section title="Miners that hold it">
        {deals.length === 0 ? (
          <p className="quiet">No deal is on chain yet. Deals are being made; this page looks again by itself.</p>
        ) : (
          <div className="cards">
            {deals.map((deal) => (
              <DealCard key={deal.dealId} deal={deal} />
            ))}
          </div>
        )}
      </Section>
      <Section title="Prove it yourself">
        <Command about="Fetch it here, and compare" text={`curl -s ${location.origin}/ipfs/${asked} -o file`} />
        <Command
          about="Fetch it as a CAR: every block names its own hash, so nobody needs to trust us"
          text={`curl -s -H "Accept: application/vnd.ipld.car" "${location.origin}/ipfs/${asked}?dag-scope=all" -o file.car`}
        />
        <Command about="Fetch it straight from the network" text={`lassie fetch -o file.car ${asked}`} />
      </Section>
      <Group gap={8} mt={16}>
        <Button component="a" href={`/ipfs/${asked}`} variant="default">
          Open
        </Button>
        <Button variant="default" onClick={() => saveJson(`receipt-${asked}.json`, found)}>
          Download the receipt
        </Button>
      </Group>
    </>
  );
}

function DealCard({ deal }: { deal: PublicDeal }) {
  return (
    <div className="card">
      <Group justify="space-between" mb={8}>
        <Link href={`/network/miners/${deal.miner}`} style={{ color: 'var(--accent)', fontWeight: 600 }}>
          {deal.miner}
        </Link>
        <StateText state={deal.state} />
      </Group>
      <dl className="facts">
        <Fact term="Deal">
          <Id value={deal.dealId} />
        </Fact>
        <Fact term="Proposal">
          <Id value={deal.propCid} />
        </Fact>
        <Fact term="Piece">
          <Id value={deal.pieceCid} />
        </Fact>
        <Fact term="Proven">
          <Ago at={deal.sealedAt} />
        </Fact>
        <Fact term="Ends">
          <Ago at={deal.endAt} />
        </Fact>
      </dl>
    </div>
  );
}

/** `6 miners hold this; the first deal was proven 4 min ago.` */
function sentence({ content, deals }: PublicContent, now: number): string {
  const active = deals.filter(({ state }) => state === 'active');
  const miners = new Set(active.map(({ miner }) => miner)).size;
  if (miners === 0)
    return content.hot
      ? 'It is stored here; no miner has proven a deal for it yet.'
      : 'No miner has proven a deal for it yet.';
  const newest = active
    .map(({ sealedAt }) => sealedAt ?? '')
    .sort()
    .at(-1);
  const proven = newest === undefined || newest === '' ? '' : `; the newest was proven ${relativeTime(newest, now)}`;
  return `${miners === 1 ? 'One miner holds' : `${miners} miners hold`} this, proven on chain${proven}.`;
}
