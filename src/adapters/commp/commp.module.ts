import { Global, Module } from '@nestjs/common';
import { PieceHasher } from '../../deals/index.js';
import { WorkerPieceHasher } from './worker-piece-hasher.js';

/** Binds the port PieceHasher to a pool of worker threads. */
@Global()
@Module({ providers: [{ provide: PieceHasher, useClass: WorkerPieceHasher }], exports: [PieceHasher] })
export class CommpModule {}
