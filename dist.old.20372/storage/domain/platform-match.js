/** What a start finds out about its data folder and its database before it reads, cuts or removes anything. */ /** One unknown file, or one in a hundred, is set aside; more mean that the database has lost rows. */ const TOLERATED_UNKNOWN = 1;
const TOLERATED_UNKNOWN_SHARE = 0.01;
/** A missing file is damage, which is dealt with one by one; when most are missing it is another folder. */ const TOLERATED_MISSING = 1;
const TOLERATED_MISSING_SHARE = 0.5;
/**
 * Why this folder and this database must not run together, or null when they may: docs/decisions/0021. A folder without
 * marks (of a release that wrote none, or an empty one) may, unless its files say otherwise.
 */ export function mismatchOf(facts) {
    const { platformId, folder, place, seenGeneration, unknownFiles, missingFiles, expectedFiles } = facts;
    if (facts.restoring !== null) return 'restore-unfinished';
    if (folder !== null && folder !== platformId) return 'other-platform';
    if (place !== null && place !== platformId) return 'other-place';
    if (seenGeneration !== null && seenGeneration > facts.generation) return 'older-database';
    if (unknownFiles > 0 && !facts.knowsCars) return 'rows-lost';
    if (unknownFiles > Math.max(TOLERATED_UNKNOWN, facts.knownFiles * TOLERATED_UNKNOWN_SHARE)) return 'unknown-cars';
    if (facts.missingAccepted) return null;
    if (missingFiles > 0 && folder !== null && place === null) return 'place-missing';
    if (missingFiles > Math.max(TOLERATED_MISSING, expectedFiles * TOLERATED_MISSING_SHARE)) return 'files-lost';
    return null;
}
const REBUILD = '`npm run cli -- storage:rebuild` re-creates the rows of CARs and DAGs from the files';
const ADOPT = '`npm run cli -- storage:adopt` goes on with what is here: CARs that the database does not know wait in ' + 'cars/lost+found, and what has no file counts as gone from this node';
/** One sentence or two for whoever starts the platform: what was found, and what can be done about it. */ export function mismatchMessage(reason, facts, dataDir) {
    return `${found(reason, facts, dataDir)} Nothing was changed. ${remedy(reason)}`;
}
function found(reason, facts, dataDir) {
    const { platformId, knownFiles, unknownFiles, missingFiles, expectedFiles } = facts;
    switch(reason){
        case 'restore-unfinished':
            return `A restore into ${dataDir} has not finished.`;
        case 'other-platform':
            return `The data folder ${dataDir} belongs to platform ${facts.folder}, the database to platform ${platformId}: it is a wrong one, or was laid out anew.`;
        case 'other-place':
            return `The CARs in ${dataDir}/cars belong to platform ${facts.place}, folder and database to platform ${platformId}.`;
        case 'older-database':
            return `The database is older than the data folder ${dataDir}, which has seen ${facts.seenGeneration} starts and sweeps of it; the database knows of ${facts.generation}.`;
        case 'rows-lost':
            return `There are ${unknownFiles} CARs in ${dataDir}/cars, and the database knows of no CAR at all: it is a wrong one, or was lost.`;
        case 'unknown-cars':
            return `The database does not know ${unknownFiles} of the ${unknownFiles + knownFiles} CARs in ${dataDir}/cars: it is a wrong or an older one.`;
        case 'place-missing':
            return `${missingFiles} of ${expectedFiles} CARs are missing, and ${dataDir}/cars does not bear the mark of its platform: is its disk mounted?`;
        case 'files-lost':
            return `${missingFiles} of the ${expectedFiles} CARs that should lie in ${dataDir}/cars are missing: it is a wrong or an older folder.`;
    }
}
function remedy(reason) {
    switch(reason){
        case 'restore-unfinished':
            return 'Run `npm run cli -- restore PATH` again with the same backup; it goes on where it was.';
        case 'place-missing':
        case 'files-lost':
            return `Bring the files back (mount the disk, or restore a backup), or: ${ADOPT}.`;
        case 'other-place':
            return `Use the folder that belongs to this platform, or: ${ADOPT}.`;
        default:
            return `Start with the database that belongs to this folder, or: ${REBUILD}; ${ADOPT}.`;
    }
}

//# sourceMappingURL=platform-match.js.map
