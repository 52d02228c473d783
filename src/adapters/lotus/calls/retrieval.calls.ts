import { z } from 'zod';
import type { LotusClient } from '../lotus-client.js';
import { wireBigInt, wireCid, wireUint64 } from './wire-shapes.js';

const queryOffer = z.looseObject({
  Err: z.string(),
  Root: wireCid,
  Piece: wireCid.nullish(),
  Size: wireUint64,
  MinPrice: wireBigInt,
  UnsealPrice: wireBigInt,
  PaymentInterval: wireUint64,
  PaymentIntervalIncrease: wireUint64,
  Miner: z.string(),
  MinerPeer: z.object({ Address: z.string(), ID: z.string(), PieceCID: wireCid.nullish() }),
});

/** Lotus' `QueryOffer`; amounts are attoFIL, sizes bytes. `Err` is not empty where the miner says no. */
export type WireOffer = z.output<typeof queryOffer>;

/** The node dials the miner. @throws ChainCallFailed with the node's words when the miner cannot be reached */
export async function minerQueryOffer(
  client: LotusClient,
  miner: string,
  root: string,
  pieceCid: string | null,
  signal?: AbortSignal,
): Promise<WireOffer> {
  const piece = pieceCid === null ? null : { '/': pieceCid };
  return client.call('ClientMinerQueryOffer', [miner, { '/': root }, piece], queryOffer, { signal, onBehalf: true });
}

/** Takes an offer as it is, at its price. Answers the id of the retrieval deal. */
export async function retrieve(
  client: LotusClient,
  offer: WireOffer,
  wallet: string,
  signal?: AbortSignal,
): Promise<bigint> {
  const piece = offer.Piece ? { '/': offer.Piece } : null;
  const order = {
    Root: { '/': offer.Root },
    Piece: piece,
    Size: offer.Size,
    Total: String(offer.MinPrice),
    UnsealPrice: String(offer.UnsealPrice),
    PaymentInterval: offer.PaymentInterval,
    PaymentIntervalIncrease: offer.PaymentIntervalIncrease,
    Client: wallet,
    Miner: offer.Miner,
    MinerPeer: { ...offer.MinerPeer, PieceCID: offer.MinerPeer.PieceCID ? { '/': offer.MinerPeer.PieceCID } : null },
  };
  const { DealID } = await client.call('ClientRetrieve', [order], z.object({ DealID: wireUint64 }), {
    signal,
    onBehalf: true,
  });
  return DealID;
}

/** Returns when the retrieval is complete; a failed one is an error of the call. */
export async function retrieveWait(
  client: LotusClient,
  dealId: bigint,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  await client.call('ClientRetrieveWait', [dealId], z.unknown(), { signal, onBehalf: true, timeoutMs });
}

/** Bytes that came stay at the node. @throws ChainCallFailed for one that the node does not know */
export async function cancelRetrieval(client: LotusClient, dealId: bigint): Promise<void> {
  await client.call('ClientCancelRetrievalDeal', [dealId], z.unknown(), { onBehalf: true });
}

/** The node writes the CAR to a path that it has to share with us. */
export async function exportCar(
  client: LotusClient,
  root: string,
  dealId: bigint,
  path: string,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  await client.call(
    'ClientExport',
    [
      { Root: { '/': root }, DealID: dealId },
      { Path: path, IsCAR: true },
    ],
    z.unknown(),
    { signal, onBehalf: true, timeoutMs },
  );
}
