import { ChainCallFailed } from '../../chain/index.js';
import { importCar, listImports } from './calls/client.calls.js';
/** The CARs that the node knows by their path: each is imported once, and found again after a restart. */ export class ImportedCars {
    constructor(client){
        this.client = client;
        this.imports = new Map();
    }
    /** @throws ChainCallFailed when the node finds another root in the file than we do. */ async ensure(path, root, signal) {
        let known = this.imports.get(path);
        if (known === undefined) {
            // Without the caller's signal: others wait for the same import.
            known = this.findOrImport(path);
            this.imports.set(path, known);
            known.catch(()=>this.imports.delete(path));
        }
        const imported = await untilAborted(known, signal);
        if (imported !== root) throw new ChainCallFailed(`the node found root ${imported} in the CAR of ${root}`);
    }
    /** The node may have lost it: the next proposal looks again. */ forget(path) {
        this.imports.delete(path);
        this.listed = undefined;
    }
    async findOrImport(path) {
        this.listed ??= this.list();
        const known = (await this.listed).get(path);
        return known ?? (await importCar(this.client, path)).Root;
    }
    async list() {
        try {
            const imports = await listImports(this.client);
            return new Map(imports.flatMap(({ FilePath, Root, Err })=>FilePath && Root && !Err ? [
                    [
                        FilePath,
                        Root
                    ]
                ] : []));
        } catch (error) {
            this.listed = undefined;
            throw error;
        }
    }
}
/** The work goes on for others; this caller stops waiting. */ async function untilAborted(work, signal) {
    if (signal === undefined) return work;
    signal.throwIfAborted();
    const { promise, reject } = Promise.withResolvers();
    const abort = ()=>reject(signal.reason);
    signal.addEventListener('abort', abort, {
        once: true
    });
    try {
        return await Promise.race([
            work,
            promise
        ]);
    } finally{
        signal.removeEventListener('abort', abort);
    }
}

//# sourceMappingURL=imported-cars.js.map
