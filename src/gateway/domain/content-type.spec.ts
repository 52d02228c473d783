import { describe, expect, it } from '@jest/globals';
import { contentDisposition } from './content-disposition.js';
import { sniffType, typeByName } from './content-type.js';
import { escapeHtml, readableSize } from './listing-page.js';

describe('the type of a file', () => {
  it.each([
    ['a.html', 'text/html; charset=utf-8'],
    ['a.png', 'image/png'],
    ['a.json', 'application/json; charset=utf-8'],
    ['README', null],
  ])('of the name %s is %s', (name, type) => {
    expect(typeByName(name)).toBe(type);
  });

  it.each([
    [Buffer.from('89504e470d0a1a0a00', 'hex'), 'image/png'],
    [Buffer.from('%PDF-1.7'), 'application/pdf'],
    [Buffer.from('  <!DOCTYPE html>'), 'text/html; charset=utf-8'],
    [Buffer.from('grüße'), 'text/plain; charset=utf-8'],
    [Buffer.from([0xff, 0xfe, 0x41]), 'application/octet-stream'],
    [Buffer.from([0x41, 0x00]), 'application/octet-stream'],
    [Buffer.alloc(0), 'text/plain; charset=utf-8'],
    [Buffer.from('é'.repeat(400).slice(0, 255) + 'aé'), 'text/plain; charset=utf-8'],
  ])('of the bytes %# is told by looking', (bytes, type) => {
    expect(sniffType(bytes)).toBe(type);
  });

  it('a name for saving cannot break out of its header', () => {
    expect(contentDisposition('attachment', 'a"b\r\nx: y\\.txt')).toBe(
      `attachment; filename="a_b__x: y_.txt"; filename*=UTF-8''a%22b%0D%0Ax%3A%20y%5C.txt`,
    );
  });

  it('listings escape and round', () => {
    expect([escapeHtml(`<a href='"'>&`), readableSize(0), readableSize(1536), readableSize(5 * 1024 ** 3)]).toEqual([
      '&#60;a href=&#39;&#34;&#39;&#62;&#38;',
      '0 B',
      '1.5 KiB',
      '5.0 GiB',
    ]);
  });
});
