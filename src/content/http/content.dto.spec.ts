import { describe, expect, it } from '@jest/globals';
import { bodyQuery, pageQuery, uploadFields, uploadQuery } from './content.dto.js';

describe('what may be said with an upload', () => {
  it('is read from the texts of a query', () => {
    expect(
      uploadQuery.parse({
        filename: 'a',
        replication: '3',
        'ignore-dupes': 'true',
        verified: '0',
        'lazy-provide': 'x',
      }),
    ).toEqual({ filename: 'a', replication: 3, 'ignore-dupes': true, verified: false });
    expect(uploadQuery.parse({ 'ignore-dupes': '' })).toEqual({ 'ignore-dupes': false });
  });

  it.each([
    { profile: 'mine' },
    { replication: '0' },
    { replication: 'three' },
    { replication: '1.5' },
    { 'ignore-dupes': 'yes' },
    { filename: 'a'.repeat(4097) },
    { maxPrice: 'cheap' },
    { replicaton: '2' },
  ])('is refused when it is nonsense: %j', (query) => {
    expect(uploadQuery.safeParse(query).success).toBe(false);
    expect(bodyQuery.safeParse(query).success).toBe(false);
  });

  it('may have other fields beside it in a form', () => {
    expect(uploadFields.parse({ replication: '2', csrf: 'x' })).toEqual({ replication: 2 });
  });
});

describe('a page of contents', () => {
  it('has 500 unless one asks for others', () => {
    expect(pageQuery.parse({})).toEqual({ limit: 500 });
    expect(pageQuery.parse({ limit: '3', before: '17', offset: '2' })).toEqual({ limit: 3, before: 17n, offset: 2 });
  });

  it.each([
    { limit: '0' },
    { limit: '1001' },
    { before: 'x' },
    { before: '-1' },
    { before: '9'.repeat(30) },
    { offset: '-1' },
    { limt: '1' },
  ])('is refused for %j', (query) => {
    expect(pageQuery.safeParse(query).success).toBe(false);
  });
});
