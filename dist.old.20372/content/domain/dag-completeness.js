import { CID } from 'multiformats/cid';
import { cidOfNodeKey, followLinks, IdentityTooLong, isIdentity, linksOf, nodeKey, RAW, readLinks } from '../../ipld/index.js';
import { inSlices, pauseIfDue } from '../../shared/index.js';
import { RootMissing } from '../../storage/index.js';
import { CarInvalid, DagIncomplete } from './content.errors.js';
/** What is kept track of, each way: some 100 MB. */ const MOST_NODES = 1_000_000;
/** Links between two pauses. */ const LINKS_PER_STEP = 256;
/**
 * Follows the blocks of a DAG as they come, in any order, and knows what is linked and has not come. One root is stored
 * once for everybody: a DAG with holes would stand for the whole one that somebody else brings later. A CAR that was
 * cut off between two sections is found out the same way.
 */ export class DagCompleteness {
    /** @param isHere whether the bytes of a multihash have come: enough for leaves */ constructor(isHere, most = MOST_NODES){
        this.isHere = isHere;
        this.most = most;
        /** Blocks that may link, by CID: the same bytes under another codec link to other things, or to nothing. */ this.nodes = new Set();
        /** Nodes and leaves that were linked to and have not come. */ this.missing = new Set();
    }
    /**
   * One block after the other. Pauses where others wait for the thread.
   * @throws CarInvalid for a DAG with more nodes than can be followed, and for a link that carries over 128 bytes
   */ async add(cid, bytes) {
        this.missing.delete(nodeKey(CID.createV1(RAW, cid.multihash)));
        if (cid.code === RAW) return;
        const key = nodeKey(cid);
        if (this.nodes.has(key)) return;
        this.missing.delete(key);
        this.nodes.add(key);
        this.assertFollowed();
        let steps = 0;
        for (const link of named(cid, followLinks(await tableOf(cid, bytes), 'lenient'))){
            this.follow(link);
            steps += 1;
            if (steps % LINKS_PER_STEP !== 0) continue;
            this.assertFollowed();
            await pauseIfDue();
        }
        this.assertFollowed();
    }
    /** @throws RootMissing, DagIncomplete, CarInvalid for a root that carries over 128 bytes */ assertComplete(roots) {
        for (const root of roots){
            if (isIdentity(root)) for (const link of linksInRoot(root))this.follow(link);
            else if (!this.has(root)) throw new RootMissing(`the root block ${root.toString()} did not come with the DAG`);
        }
        const [first] = this.missing;
        if (first === undefined) return;
        const cid = cidOfNodeKey(first).toString();
        throw new DagIncomplete(`${this.missing.size} linked blocks did not come, the first of them ${cid}`, {
            details: {
                missing: this.missing.size,
                cid
            }
        });
    }
    /** @throws CarInvalid */ assertFollowed() {
        if (this.nodes.size > this.most || this.missing.size > this.most) throw new CarInvalid(`a DAG with more than ${this.most} nodes, or so many links that lead ahead, has to come in several CARs`);
    }
    follow(link) {
        if (!this.has(link)) this.missing.add(nodeKey(link));
    }
    has(cid) {
        return cid.code === RAW ? this.isHere(cid) : this.nodes.has(nodeKey(cid));
    }
}
/** Bytes that their codec cannot read have no links. @throws CarInvalid */ async function tableOf(cid, bytes) {
    try {
        return await inSlices(readLinks(cid, bytes, 'lenient'));
    } catch (error) {
        throw asCarInvalid(cid, error);
    }
}
/** What a root links to that lies in its CID: at most 128 bytes. @throws CarInvalid */ function linksInRoot(root) {
    try {
        return linksOf(root, root.multihash.digest, 'lenient');
    } catch (error) {
        throw asCarInvalid(root, error);
    }
}
/** The links as they come, failures by the name that they have here. @throws CarInvalid */ function* named(cid, links) {
    try {
        yield* links;
    } catch (error) {
        throw asCarInvalid(cid, error);
    }
}
function asCarInvalid(cid, error) {
    return error instanceof IdentityTooLong ? new CarInvalid(`the block ${cid.toString()}: ${error.message}`, {
        cause: error
    }) : error;
}

//# sourceMappingURL=dag-completeness.js.map
