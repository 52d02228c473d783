import { describe, expect, it } from '@jest/globals';
import { contentName } from './upload.js';

describe('the name of a content', () => {
  it.each([
    ['cat.jpg', 'cat.jpg'],
    ['C:\\Users\\me\\cat.jpg', 'cat.jpg'],
    ['../../etc/passwd', 'passwd'],
    ['a\u0000b\nc\u001b[31m', 'abc[31m'],
    ['\ud800broken', '\ufffdbroken'],
    ['Ünïcödé 猫.png', 'Ünïcödé 猫.png'],
    ['', 'the CID'],
    [undefined, 'the CID'],
    ['dir/', 'the CID'],
  ])('%j is kept as %j', (given, kept) => {
    expect(contentName(given, 'the CID')).toBe(kept);
  });

  it('has at most 1,024 bytes, cut between characters', () => {
    const name = contentName('猫'.repeat(2000), '');
    expect(Buffer.byteLength(name)).toBe(1023);
    expect(name).toBe('猫'.repeat(341));
  });
});
