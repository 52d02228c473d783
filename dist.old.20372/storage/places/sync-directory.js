import { open } from 'node:fs/promises';
/** Makes the names in a folder survive a power cut: what was made, renamed or removed there. */ export async function syncDirectory(folder) {
    const handle = await open(folder, 'r');
    try {
        await handle.sync();
    } finally{
        await handle.close();
    }
}

//# sourceMappingURL=sync-directory.js.map
