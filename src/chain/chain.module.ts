import { Module, type OnModuleInit } from '@nestjs/common';
import { HealthChecks } from '../platform/health/index.js';
import { ChainController } from './http/chain.controller.js';
import { ChainHeads } from './verbs/chain-heads.js';
import { ChainFacts } from './verbs/chain-facts.js';

/** Facts from Filecoin, in both processes. The ChainSource comes from an adapter. */
@Module({ providers: [ChainFacts, ChainHeads], exports: [ChainFacts, ChainHeads] })
export class ChainModule implements OnModuleInit {
  constructor(
    private readonly health: HealthChecks,
    private readonly facts: ChainFacts,
  ) {}

  onModuleInit(): void {
    this.health.register('lotus', () => this.facts.assertAnswering());
  }
}

@Module({ imports: [ChainModule], controllers: [ChainController] })
export class ChainHttpModule {}
