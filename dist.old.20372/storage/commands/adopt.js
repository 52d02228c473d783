import { BackupUnusable } from '../domain/storage.errors.js';
/**
 * The data folder and the database belong together from now on, by the word of an operator: the folder takes the id of
 * the database. Nothing is removed: CARs that no row knows wait in lost+found, and that CARs have no file is no reason
 * to refuse the next start, which finds them gone. May be repeated. While nothing runs.
 * @throws BackupUnusable while a restore into the folder has not finished
 */ export async function adopt({ check, identity, platform, lostAndFound }) {
    if ((await identity.read()).restoring !== null) throw new BackupUnusable('a restore into this folder has not finished: run it again first');
    const setAside = await check.unknownCars();
    for (const id of setAside)await lostAndFound.take(id);
    const missing = await check.missingCars();
    if (missing.length > 0) await identity.acceptMissing(true);
    const { generation } = await identity.read();
    const { id } = await platform.identity();
    await identity.write(id, await platform.nextGeneration(generation ?? 0n));
    return {
        platformId: id,
        setAside,
        missing
    };
}

//# sourceMappingURL=adopt.js.map
