import { Module } from '@nestjs/common';
import { AppConfig } from '../config/index.js';
import { RetrievalModule } from '../retrieval/index.js';
import { GatewayMemory } from './domain/request-blocks.js';
import { GatewayController } from './http/gateway.controller.js';
import { SendAnswer } from './http/send-answer.js';
import { AnswerRequest } from './verbs/answer-request.js';
import { OpenBlocks } from './verbs/open-blocks.js';

@Module({
  imports: [RetrievalModule],
  controllers: [GatewayController],
  providers: [
    OpenBlocks,
    AnswerRequest,
    SendAnswer,
    {
      provide: GatewayMemory,
      inject: [AppConfig],
      useFactory: ({ values }: AppConfig) =>
        new GatewayMemory({
          readAhead: values.GATEWAY_READ_AHEAD_BYTES,
          nodes: values.GATEWAY_NODE_CACHE_BYTES,
          seen: values.GATEWAY_EXPORT_BYTES,
          blocks: values.GATEWAY_MAX_BLOCKS,
        }),
    },
  ],
})
/** In the API process alone. Needs storage, retrieval and the port EgressMeter. */
export class GatewayHttpModule {}
