import { describe, expect, it } from '@jest/globals';
import { nameEveryParameter } from './docs.js';

describe('the description of the API', () => {
  it('names every parameter of a path, and none twice', () => {
    const known = { name: 'id', in: 'path' as const, required: true, schema: { type: 'number' as const } };
    const query = { name: 'limit', in: 'query' as const, schema: { type: 'string' as const } };
    const document = nameEveryParameter({
      openapi: '3.0.0',
      info: { title: 't', version: '1' },
      paths: {
        '/a/{id}/b/{miner}': { get: { responses: {}, parameters: [known, query] }, post: { responses: {} } },
        '/c': { get: { responses: {} } },
      },
    });
    const miner = { name: 'miner', in: 'path', required: true, schema: { type: 'string' } };
    expect(document.paths['/a/{id}/b/{miner}']?.get?.parameters).toEqual([miner, known, query]);
    expect(document.paths['/a/{id}/b/{miner}']?.post?.parameters).toEqual([{ ...miner, name: 'id' }, miner]);
    expect(document.paths['/c']?.get?.parameters).toEqual([]);
  });
});
