import { Tokenizer, Type } from 'cborg';
import { CID } from 'multiformats/cid';
import { readDagCborLinks } from './dag-cbor-links.js';
/** Tokens between two pauses of whoever reads a block. */ const TOKENS_PER_STEP = 4_096;
/**
 * Follows names through the maps and lists of a dag-cbor block up to the first link: its CID, and how many names it
 * took. 'absent': a name is not there. 'value': the names end, and there is no link. The whole block is looked at
 * first, as `readDagCborLinks` does. Never recursive; yields now and then.
 * @throws Error when the bytes are not dag-cbor.
 */ export function* readDagCborPath(bytes, options, names) {
    yield* readDagCborLinks(bytes, options);
    const tokens = new Tokenizer(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), options);
    let token = tokens.next();
    for (const [index, name] of names.entries()){
        if (!(yield* enter(tokens, token, name))) return 'absent';
        token = tokens.next();
        if (Type.equals(token.type, Type.tag)) return {
            cid: CID.decode(tokens.next().value.subarray(1)),
            used: index + 1
        };
    }
    return 'value';
}
/** Comes to right before the member of that name of a map or a list; false: there is none. */ function* enter(tokens, token, name) {
    const isMap = Type.equals(token.type, Type.map);
    if (!isMap && !Type.equals(token.type, Type.array)) return false;
    const count = Number(token.value);
    if (!isMap && !(/^(0|[1-9]\d{0,9})$/.test(name) && Number(name) < count)) return false;
    for(let index = 0; index < count; index++){
        if ((isMap ? String(tokens.next().value) : String(index)) === name) return true;
        yield* skip(tokens);
    }
    return false;
}
/** Passes one value, however deep. */ function* skip(tokens) {
    let steps = 0;
    for(let left = 1; left > 0; left--){
        const token = tokens.next();
        if (Type.equals(token.type, Type.array)) left += Number(token.value);
        else if (Type.equals(token.type, Type.map)) left += 2 * Number(token.value);
        else if (Type.equals(token.type, Type.tag)) left += 1;
        steps += 1;
        if (steps % TOKENS_PER_STEP === 0) yield;
    }
}

//# sourceMappingURL=dag-cbor-path.js.map
