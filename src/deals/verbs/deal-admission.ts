import { Injectable } from '@nestjs/common';
import type { Shortage } from '../domain/budget.js';
import type { NodeFaultName } from '../domain/node-fault.js';
import { PostgresPieceStore } from '../store/postgres-piece.store.js';
import { NodeFaults } from './node-faults.js';

/** Shortages that are the wallet's; the others are caps that somebody set. */
const FAULT_OF: Partial<Record<Shortage, NodeFaultName>> = { balance: 'wallet-funds', datacap: 'wallet-datacap' };

/** Whether deals may be made at all: the operator's switch, and what is wrong with our node and wallet. */
@Injectable()
export class DealAdmission {
  constructor(
    private readonly pieces: PostgresPieceStore,
    private readonly faults: NodeFaults,
  ) {}

  /** Null: go on. Else why not, for people, and when to ask again (null: when somebody switches it on). */
  async refusal(verified: boolean): Promise<{ why: string; until: Date | null } | null> {
    if (!(await this.pieces.isDealMakingOn())) return { why: 'deal making is switched off', until: null };
    return this.faults.stopping(verified);
  }

  /** What came of a reservation: a wallet that is short of something is shown; the next one reads it again. */
  async reserved(short: Shortage | null, deals: number, verified: boolean): Promise<void> {
    const fault = short === null ? undefined : FAULT_OF[short];
    if (fault !== undefined) await this.faults.report(fault, 'reserve', `a reservation found too little (${fault})`);
    else if (deals > 0) await this.faults.succeeded('reserve', verified ? [] : ['wallet-funds']);
  }
}
