import { describe, expect, it } from '@jest/globals';
import { cidOf, RAW } from '../../ipld/index.js';
import { bytesOf } from '../testing/memory-blocks.js';
import { listingPage } from './directory-listing.js';

const cid = cidOf(RAW, Buffer.from('a'));

async function page(names: string[], hasParent = false): Promise<string> {
  async function* members() {
    for (const name of names) yield { name, cid, size: 1536 };
  }
  return (await bytesOf(listingPage('/ipfs/bafy/<a>/', 'bafy', members(), hasParent))).toString();
}

describe('the page of a directory', () => {
  it('has a row for each member, with its size', async () => {
    expect(await page(['a b.txt'])).toContain(
      `<tr><td><a href="./a%20b.txt" title="${cid.toString()}">a b.txt</a></td><td>1.5 KiB</td></tr>`,
    );
  });

  it('leads up only where something is above', async () => {
    expect(await page([], true)).toContain('<tr><td><a href="../">..</a></td><td></td></tr>');
    expect(await page([])).not.toContain('../');
  });

  it('is one sound document, whatever names and paths say', async () => {
    const text = await page(['"><script>', "javascript:'x'"]);
    expect(text).toMatch(/^<!doctype html>\n<html lang="en"><head>.*<\/table><\/body><\/html>\n$/s);
    expect(text).not.toMatch(/<script|<a>/);
    expect(text).toContain('<title>/ipfs/bafy/&#60;a&#62;/</title>');
    expect(text).toContain('href="./javascript%3A&#39;x&#39;"');
  });
});
