import { describe, expect, it } from '@jest/globals';
import { sniffType, typeByName } from './content-type.js';
import { gzipSync } from 'node:zlib';
import { contentDisposition } from './answer.js';
import { escapeHtml, readableSize } from './directory-listing.js';

/** A head of 512 bytes that begins so. */
function signature(hex: string): Buffer {
  const head = Buffer.alloc(512);
  head.write(hex, 'hex');
  return head;
}

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
    [signature('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489'), 'image/png'],
    [Buffer.from('%PDF-1.7'), 'application/pdf'],
    [Buffer.from('  <!DOCTYPE html>'), 'text/html; charset=utf-8'],
    [Buffer.from('grüße'), 'text/plain; charset=utf-8'],
    [Buffer.from([0xff, 0xfe, 0x41]), 'application/octet-stream'],
    [Buffer.from([0x41, 0x00]), 'application/octet-stream'],
    [Buffer.alloc(0), 'text/plain; charset=utf-8'],
    [Buffer.from('é'.repeat(400).slice(0, 255) + 'aé'), 'text/plain; charset=utf-8'],
    [Buffer.from('BMW and GIF89 are words'), 'text/plain; charset=utf-8'],
    [Buffer.from('<?xml version="1.0"?><a/>'), 'text/xml; charset=utf-8'],
    [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml'],
    [Buffer.from('{\\rtf1 plain'), 'text/plain; charset=utf-8'],
    [signature('ffd8ffe000104a464946'), 'image/jpeg'],
    [signature('474946383961'), 'image/gif'],
    [signature('504b030414000000080000'), 'application/zip'],
    [gzipSync('hello'), 'application/gzip'],
    [signature('52494646000200005745425056503820'), 'image/webp'],
    [signature('524946460002000057415645666d7420'), 'audio/wave'],
    [signature('00000018667479706d703432'), 'video/mp4'],
    [
      signature('1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104428581021853806701ffffffffffffff'),
      'video/webm',
    ],
    [signature('4f67675300020000000000000000000000000000000000000000011e01766f72626973'), 'application/ogg'],
    [signature('49443303000000010000'), 'audio/mpeg'],
    [signature('0061736d01000000'), 'application/wasm'],
    [signature('28b52ffd'), 'application/zstd'],
    [signature('fd377a585a00'), 'application/x-xz'],
    [signature('425a6839'), 'application/x-bzip2'],
    [signature('424d'), 'image/bmp'],
    [signature('774f463200010000'), 'font/woff2'],
    [Buffer.alloc(512, 0xfe), 'application/octet-stream'],
  ])('of the bytes %# is told by looking: %p', async (bytes, type) => {
    expect(await sniffType(bytes)).toBe(type);
  });

  it.each([
    ['bafy.bin', 'inline; filename="bafy.bin"'],
    ['a b.txt', 'inline; filename="a b.txt"'],
    ['50%25.txt', 'inline; filename="50%25.txt"'],
    ['', 'inline'],
  ])('a name for saving is in quotes: %s', (name, header) => {
    expect(contentDisposition('inline', name)).toBe(header);
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
