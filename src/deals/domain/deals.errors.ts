import { DomainError, type FailureContext } from '../../shared/index.js';
import type { NodeFaultName } from './node-fault.js';

/** The miner did not answer; another may. */
export class MinerUnreachable extends DomainError {
  readonly code = 'MINER_UNREACHABLE';
  override readonly status = 502;
  override readonly retryable = true;
}

/** The miner answered, and the answer was no. */
export class ProposalRefused extends DomainError {
  readonly code = 'PROPOSAL_REFUSED';
  override readonly status = 502;
}

/** Something is wrong with our own node or wallet: no miner has to do with it. `fault` says what. */
export class NodeFault extends DomainError {
  readonly code = 'DEAL_NODE_FAULT';
  override readonly status = 503;
  override readonly retryable = true;
  override readonly reportable = true;

  constructor(
    readonly fault: NodeFaultName,
    message: string,
    options: FailureContext = {},
  ) {
    super(message, options);
  }
}

/** The node cannot make deals at all (Lotus since v1.27.1 has no client deal methods). */
export class DealProtocolUnsupported extends DomainError {
  readonly code = 'DEAL_PROTOCOL_UNSUPPORTED';
  override readonly status = 501;
  override readonly reportable = true;
}

/** A deal or piece was asked to go where its table of transitions does not lead. */
export class IllegalTransition extends DomainError {
  readonly code = 'ILLEGAL_MOVE';
  override readonly status = 409;
}

/** No such deal, or none that the caller may see: the two look alike. */
export class DealNotFound extends DomainError {
  readonly code = 'ERR_RECORD_NOT_FOUND';
  override readonly status = 404;
}

/** Bytes may leave hot storage only when enough miners have proven that they hold them. */
export class NotEnoughSealedDeals extends DomainError {
  readonly code = 'ERR_NOT_ENOUGH_SEALED_DEALS';
  override readonly status = 409;
}

/** Terms only grow, and not everybody may raise those of a piece that contents share. */
export class TermsNotRaised extends DomainError {
  readonly code = 'ERR_TERMS_NOT_RAISED';
  override readonly status = 409;
}

/** No miner could be found for an estimate or a deal. */
export class NoMinerFits extends DomainError {
  readonly code = 'ERR_NO_MINER_FITS';
  override readonly status = 503;
  override readonly retryable = true;
}
