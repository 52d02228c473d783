import { readJson, writeJson } from './data-folder.js';
import { freePort, isFree } from './free-port.js';
/**
 * The ports of the inner services. Any free ones at first; then the same again at every start as long as
 * nobody else has taken them, so that addresses which others wrote down stay true.
 */ export class PortRegistry {
    constructor(path){
        this.path = path;
        const saved = readJson(path);
        this.kept = new Map(Object.entries(typeof saved === 'object' && saved !== null ? saved : {}).filter((entry)=>Number.isInteger(entry[1])));
    }
    /**
   * A port on loopback for each name, in the order of the names, all different. They are written down before this
   * returns, but not reserved: whoever is meant to listen should do so soon.
   */ async choose(names) {
        const chosen = [];
        for (const name of names){
            let port = this.kept.get(name) ?? 0;
            while(port === 0 || chosen.includes(port) || !await isFree(port))port = await freePort();
            this.kept.set(name, port);
            chosen.push(port);
        }
        writeJson(this.path, Object.fromEntries(this.kept));
        return chosen;
    }
}

//# sourceMappingURL=port-registry.js.map
