import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { AccountUsage } from './ports/account-usage.port.js';
import { CarLedger } from './ports/car-ledger.port.js';
import { DagLedger } from './ports/dag-ledger.port.js';
import { SqlAccountUsage } from './store/sql-account-usage.js';
import { SqlCarLedger } from './store/sql-car-ledger.js';
import { SqlDagLedger } from './store/sql-dag-ledger.js';

/** The rows behind the CAR files, for the CAR store; apart from ContentModule, which needs that store. */
@Module({
  imports: [AccountsModule],
  providers: [
    { provide: CarLedger, useClass: SqlCarLedger },
    { provide: DagLedger, useClass: SqlDagLedger },
    { provide: AccountUsage, useClass: SqlAccountUsage },
  ],
  exports: [CarLedger, DagLedger, AccountUsage],
})
export class ContentLedgerModule {}
