import { ClimbLadder } from '../verbs/climb-ladder.js';
import { FetchDag } from '../verbs/fetch-dag.js';
import { OpenSource } from '../verbs/open-source.js';

export { HolderDirectory } from '../ports/holder-directory.port.js';
export { FetchDag };

/** The part of the room that runs in the worker, for tests of other rooms that play the worker themselves. */
export const retrievalWorker = [ClimbLadder, OpenSource, FetchDag];
