import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
/** An answer that was not what the demo needs, with what the platform said. */ export class DemoFailure extends Error {
}
/** The platform as any user sees it: HTTP and a key, nothing else. */ export class ApiClient {
    constructor(baseUrl, key){
        this.baseUrl = baseUrl;
        this.key = key;
    }
    /**
   * The JSON answer, taken to be a `T` unchecked. @throws DemoFailure with status and body for every other answer than
   * 2xx.
   */ async get(path) {
        return this.json('GET', path);
    }
    /** As get(); an empty answer counts as `{}`. */ async post(path, body) {
        return this.json('POST', path, body);
    }
    /**
   * Streams a file in as the body of a PUT, 1 MiB at a time; `onProgress` gets the bytes handed over so far, which may
   * still be in buffers. Returns the answer and the file's SHA-256 in hex. @throws DemoFailure
   */ async upload(path, file, onProgress) {
        const hash = createHash('sha256');
        let sent = 0;
        async function* body() {
            for await (const chunk of createReadStream(file, {
                highWaterMark: 1024 * 1024
            })){
                hash.update(chunk);
                yield chunk;
                sent += chunk.length;
                onProgress(sent);
            }
        }
        const response = await fetch(this.baseUrl + path, {
            method: 'PUT',
            headers: {
                authorization: `Bearer ${this.key}`,
                'content-type': 'application/octet-stream'
            },
            body: ReadableStream.from(body()),
            duplex: 'half'
        });
        return {
            answer: await this.parse('PUT', path, response),
            sha256: hash.digest('hex')
        };
    }
    /**
   * Reads a public path, without the key, to its end. Returns what came, never its bytes: their number, SHA-256 in hex,
   * and the milliseconds until the first and the last. @throws DemoFailure
   */ async download(path, onProgress) {
        const started = performance.now();
        const response = await fetch(this.baseUrl + path);
        if (!response.ok || !response.body) throw new DemoFailure(`GET ${path}: ${response.status} ${await response.text()}`);
        const hash = createHash('sha256');
        let bytes = 0;
        let firstByteMs = 0;
        for await (const chunk of response.body){
            if (bytes === 0) firstByteMs = performance.now() - started;
            hash.update(chunk);
            bytes += chunk.length;
            onProgress(bytes);
        }
        return {
            bytes,
            sha256: hash.digest('hex'),
            firstByteMs,
            ms: performance.now() - started
        };
    }
    async json(method, path, body) {
        const response = await fetch(this.baseUrl + path, {
            method,
            headers: {
                authorization: `Bearer ${this.key}`,
                ...body ? {
                    'content-type': 'application/json'
                } : {}
            },
            ...body ? {
                body: JSON.stringify(body)
            } : {}
        });
        return this.parse(method, path, response);
    }
    /** The answer as JSON. @throws DemoFailure for every status but 2xx. */ async parse(method, path, response) {
        const text = await response.text();
        if (!response.ok) throw new DemoFailure(`${method} ${path}: ${response.status} ${text}`);
        return text === '' ? {} : JSON.parse(text);
    }
}

//# sourceMappingURL=api-client.js.map
