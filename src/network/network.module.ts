import { Module } from '@nestjs/common';
import { NetworkSchedule } from './jobs/network.schedule.js';
import { DelegateBoard } from './ports/delegate-board.port.js';
import { SqlDelegateBoard } from './store/sql-delegate-board.js';

/** What every process knows of our place in the IPFS network. */
@Module({ providers: [{ provide: DelegateBoard, useClass: SqlDelegateBoard }], exports: [DelegateBoard] })
export class NetworkModule {}

/** What the process that has the IPFS node does by itself. */
@Module({ imports: [NetworkModule], providers: [NetworkSchedule] })
export class NetworkJobsModule {}
