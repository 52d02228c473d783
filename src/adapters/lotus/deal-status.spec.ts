import { describe, expect, it } from '@jest/globals';
import type { WireDealInfo } from './calls/client.calls.js';
import { dealStatus, lotusDealStates } from './deal-status.js';

const info = (over: Partial<WireDealInfo>): WireDealInfo => ({
  ProposalCid: 'bafyproposal',
  State: 12,
  Message: '',
  Provider: 't01000',
  Size: 254,
  PricePerEpoch: 1n,
  Duration: 518_400,
  DealID: 0n,
  CreationTime: '2026-11-21T00:00:00Z',
  Verified: false,
  ...over,
});
const channel = (transferred: number) => ({ OtherPeer: '12D3KooWx', IsInitiator: true, Transferred: transferred });

describe("Lotus' deal states in our words", () => {
  it('knows every state number of go-fil-markets', () => {
    expect(lotusDealStates).toHaveLength(31);
    expect([7, 17, 26, 30].map((number) => lotusDealStates[number]?.name)).toEqual([
      'StorageDealActive',
      'StorageDealTransferring',
      'StorageDealError',
      'StorageDealTransferQueued',
    ]);
  });

  it("never goes backwards along the client's way", () => {
    const way: [number, number, bigint][] = [
      [21, 0, 0n],
      [23, 0, 0n],
      [12, 0, 0n],
      [16, 0, 0n],
      [30, 0, 0n],
      [17, 0, 0n],
      [17, 50, 0n],
      [13, 100, 0n],
      [3, 100, 0n],
      [3, 100, 5n],
      [29, 100, 5n],
      [5, 100, 5n],
      [7, 100, 5n],
    ];
    const phases = way.map(
      ([State, sent, DealID]) => dealStatus(info({ State, DealID, DataTransfer: channel(sent) })).phase,
    );
    expect(phases).toEqual([
      'proposed',
      'proposed',
      'proposed',
      'accepted',
      'accepted',
      'transferring',
      'transferring',
      'transferring',
      'transferring',
      'published',
      'published',
      'published',
      'active',
    ]);
  });

  it('tells a refusal from a failure by the words of the miner', () => {
    expect(
      dealStatus(
        info({ State: 26, Message: 'Provider message: deal rejected: storage price per epoch less than asking price' }),
      ),
    ).toMatchObject({ phase: 'rejected', detail: 'StorageDealError' });
    expect(dealStatus(info({ State: 26, Message: 'data transfer failed: stream reset' }))).toMatchObject({
      phase: 'failed',
      message: 'data transfer failed: stream reset',
    });
  });

  it('carries no message while all is well', () => {
    expect(dealStatus(info({ State: 13, Message: 'Provider state: StorageDealPublishing' })).message).toBeNull();
  });

  it('finds the publish message in the log of the deal', () => {
    const stages = {
      Stages: [
        {
          Name: 'StorageDealProposalAccepted',
          Logs: [
            {
              Log: 'deal has been accepted by storage provider, publish message cid: <bafy2bzacea3wsdh6y3a36tb3skempjoxqpuyompjbmfeyf34fi3uy6uue42v4>',
            },
          ],
        },
      ],
    };
    expect(dealStatus(info({ State: 3, DealID: 5n, DealStages: stages })).publishCid).toBe(
      'bafy2bzacea3wsdh6y3a36tb3skempjoxqpuyompjbmfeyf34fi3uy6uue42v4',
    );
  });

  it('does not give up a deal in a state that it does not know', () => {
    expect(dealStatus(info({ State: 99 }))).toMatchObject({ phase: 'proposed', detail: 'state 99' });
  });
});
