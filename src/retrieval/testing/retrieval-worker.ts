import { HolderDirectory } from '../verbs/holder-directory.js';
import { RetrievalCoordinator } from '../verbs/retrieval-coordinator.js';
import { RetrieveDagFromMiner } from '../verbs/retrieve-dag-from-miner.js';

export { HolderDirectory, RetrieveDagFromMiner };

/** The part of the room that runs in the worker, for tests of other rooms that play the worker themselves. */
export const retrievalWorker = [RetrievalCoordinator, RetrieveDagFromMiner];
