import { Module } from '@nestjs/common';
import { RetrievalModule } from '../retrieval/index.js';
import { GatewayController } from './http/gateway.controller.js';
import { SendAnswer } from './http/send-answer.js';
import { AnswerRequest } from './verbs/answer-request.js';
import { OpenBlocks } from './verbs/open-blocks.js';

@Module({
  imports: [RetrievalModule],
  controllers: [GatewayController],
  providers: [OpenBlocks, AnswerRequest, SendAnswer],
})
/** In the API process alone. Needs storage, retrieval and the port EgressMeter. */
export class GatewayHttpModule {}
