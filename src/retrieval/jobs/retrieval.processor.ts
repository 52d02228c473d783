import { type Handlers, JobRunner, Processor, processorOptions, RoomProcessor } from '../../platform/queue/index.js';
import { retrievalId } from '../../shared/index.js';
import { FetchDag } from '../verbs/fetch-dag.js';
import { retrievalQueue } from './retrieval.queue.js';

@Processor(retrievalQueue.name, processorOptions(retrievalQueue))
export class RetrievalProcessor extends RoomProcessor<typeof retrievalQueue.jobs> {
  readonly queue = retrievalQueue;
  readonly handlers: Handlers<typeof retrievalQueue.jobs> = {
    fetch: (payload, signal) => this.fetchDag.run(retrievalId(payload.retrievalId), signal),
  };

  constructor(
    runner: JobRunner,
    private readonly fetchDag: FetchDag,
  ) {
    super(runner);
  }
}
