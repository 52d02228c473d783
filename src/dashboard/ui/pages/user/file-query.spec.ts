import { describe, expect, it } from '@jest/globals';
import { readFileQuery, sortedBy, writeFileQuery } from './file-query';

describe('the address of the files', () => {
  it('says nothing of what is usual', () => {
    const usual = readFileQuery(new URLSearchParams(''));
    expect(usual).toEqual({ search: '', sort: 'added', order: 'desc' });
    expect(writeFileQuery(usual)).toEqual({});
  });

  it.each(['search=holiday', 'sort=name&order=asc', 'search=a&sort=size&order=asc', 'sort=added&order=asc'])(
    'keeps search and order: %s',
    (address) => {
      expect(new URLSearchParams(writeFileQuery(readFileQuery(new URLSearchParams(address)))).toString()).toBe(address);
    },
  );

  it('leaves out what it does not know', () => {
    expect(readFileQuery(new URLSearchParams('sort=colour&order=up'))).toEqual({
      search: '',
      sort: 'added',
      order: 'desc',
    });
  });

  it('turns a column round the second time', () => {
    const first = sortedBy({ search: 'x', sort: 'added', order: 'desc' }, 'name');
    expect(first).toEqual({ search: 'x', sort: 'name', order: 'asc' });
    expect(sortedBy(first, 'name').order).toBe('desc');
    expect(sortedBy(first, 'size').order).toBe('desc');
  });
});
