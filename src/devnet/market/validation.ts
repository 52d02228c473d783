import type { Account } from '../chain/accounts.js';
import type { Ask } from '../miners/roster.js';
import { clientFunds, type Proposal } from './deal.js';

/** Bounds of the builtin actors: 180 days to 1278 days, in epochs. */
export const MIN_DURATION = 518_400;
/** 1278 days, in epochs of 30 s. */
export const MAX_DURATION = 3_680_640;
const GIB = 2n ** 30n;

/** attoFIL. */
export interface Collateral {
  min: bigint;
  max: bigint;
}

/** Simplified: one attoFIL per byte as the least, ten times as much as the most that a miner puts up. */
export function providerCollateralBounds(pieceSize: number): Collateral {
  return { min: BigInt(pieceSize), max: BigInt(pieceSize) * 10n };
}

/** What a miner knows when it decides. */
export interface ProposalContext {
  height: number;
  ask: Ask;
  client: Account | undefined;
  sealEpochs: number;
}

/** What a miner checks before it takes data, in the order and words of go-fil-markets. Returns the reason to refuse. */
export function reasonToReject(proposal: Proposal, context: ProposalContext): string | undefined {
  return (
    timing(proposal, context) ??
    price(proposal, context.ask) ??
    size(proposal, context.ask) ??
    collateral(proposal) ??
    funds(proposal, context.client)
  );
}

/** In epochs; the start must leave time to seal. */
function timing(proposal: Proposal, { height, sealEpochs }: ProposalContext): string | undefined {
  const duration = proposal.endEpoch - proposal.startEpoch;
  if (proposal.startEpoch <= height) return 'deal start epoch has already elapsed';
  if (proposal.startEpoch < height + sealEpochs) return 'deal start epoch is too soon or deal already expired';
  if (duration < MIN_DURATION || duration > MAX_DURATION) {
    return `deal duration out of bounds (min, max, provided): ${MIN_DURATION}, ${MAX_DURATION}, ${duration}`;
  }
  return undefined;
}

/** attoFIL per epoch for the piece. */
function price(proposal: Proposal, ask: Ask): string | undefined {
  const minimum = leastPrice(proposal.verified ? ask.verifiedPrice : ask.price, proposal.pieceSize);
  if (proposal.pricePerEpoch >= minimum) return undefined;
  return `storage price per epoch less than asking price: ${proposal.pricePerEpoch} < ${minimum}`;
}

/** The ask is per GiB, the proposal's price is for the piece. */
export function leastPrice(askPrice: bigint, pieceSize: number): bigint {
  return (askPrice * BigInt(pieceSize)) / GIB;
}

/** Padded bytes. */
function size(proposal: Proposal, ask: Ask): string | undefined {
  if (proposal.pieceSize < ask.minPieceSize)
    return `piece size less than minimum required size: ${proposal.pieceSize} < ${ask.minPieceSize}`;
  if (proposal.pieceSize > ask.maxPieceSize)
    return `piece size more than maximum allowed size: ${proposal.pieceSize} > ${ask.maxPieceSize}`;
  return undefined;
}

function collateral(proposal: Proposal): string | undefined {
  const { min, max } = providerCollateralBounds(proposal.pieceSize);
  if (proposal.providerCollateral < min)
    return `proposed provider collateral below minimum: ${proposal.providerCollateral} < ${min}`;
  if (proposal.providerCollateral > max)
    return `proposed provider collateral above maximum: ${proposal.providerCollateral} > ${max}`;
  return undefined;
}

function funds(proposal: Proposal, client: Account | undefined): string | undefined {
  if (!client) return `node error getting client market balance failed: actor ${proposal.client} not found`;
  const available = client.escrow - client.locked;
  const required = clientFunds(proposal);
  if (available < required) return `clientMarketBalance.Available too small: ${available} < ${required}`;
  if (proposal.verified && client.datacap < BigInt(proposal.pieceSize)) {
    return `verified deal DataCap too small for proposed piece size: ${client.datacap} < ${proposal.pieceSize}`;
  }
  return undefined;
}
