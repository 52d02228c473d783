import { NodeFaults } from '../../deals/index.js';
import { HolderDirectory } from '../verbs/holder-directory.js';
import { RetrievalCoordinator } from '../verbs/retrieval-coordinator.js';
import { RetrieveDagFromMiner } from '../verbs/retrieve-dag-from-miner.js';
import { ToldFaults } from './scripted-holders.js';

export { HolderDirectory, RetrieveDagFromMiner };

/** The part of the room that runs in the worker, for tests of other rooms that play the worker themselves. */
export const retrievalWorker = [
  RetrievalCoordinator,
  RetrieveDagFromMiner,
  { provide: NodeFaults, useValue: new ToldFaults() },
];
