import { DomainError } from '../../shared/index.js';

/** No record of a miner with this address. */
export class MinerUnknown extends DomainError {
  readonly code = 'ERR_RECORD_NOT_FOUND';
  override readonly status = 404;

  constructor(miner: string) {
    super(`no miner ${miner} is known here`, { details: { miner } });
  }
}
