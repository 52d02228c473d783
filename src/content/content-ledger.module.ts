import { Module } from '@nestjs/common';
import { CarLedger } from './ports/car-ledger.port.js';
import { DagLedger } from './ports/dag-ledger.port.js';
import { SqlCarLedger } from './store/sql-car-ledger.js';
import { SqlDagLedger } from './store/sql-dag-ledger.js';

/** The rows behind the CAR files, for the CAR store; apart from ContentModule, which needs that store. */
@Module({
  providers: [{ provide: CarLedger, useClass: SqlCarLedger }, { provide: DagLedger, useClass: SqlDagLedger }],
  exports: [CarLedger, DagLedger],
})
export class ContentLedgerModule {}
