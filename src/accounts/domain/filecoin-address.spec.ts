import { describe, expect, it } from '@jest/globals';
import { isFilecoinAddress } from './filecoin-address.js';

describe('a Filecoin address', () => {
  // Of the specification's appendix and of FIP-0048.
  it.each([
    'f00',
    'f01729',
    't018446744073709551615',
    'f17uoq6tp427uzv7fztkbsnn64iwotfrristwpryy',
    't1xcbgdhkgkwht3hrrnui3jdopeejsoas2rujnkdi',
    'f24vg6ut43yw2h2jqydgbg2xq7x6f4kub3bg6as6i',
    't3vvmn62lofvhjd2ugzca6sof2j2ubwok6cj4xxbfzz4yuxfkgobpihhd2thlanmsh3w2ptld2gqkn2jvlss4a',
    'f410fkkld55ioe7qg24wvt7fu6pbknb56ht7pt4zamxa',
  ])('is %s', (address) => {
    expect(isFilecoinAddress(address)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['a word', 'wallet'],
    ['a number with a leading zero', 'f001'],
    ['a number beyond 64 bits', 'f018446744073709551616'],
    ['an unknown protocol', 'f5abc'],
    ['an unknown network', 'x01729'],
    ['a letter that was changed', 'f17uoq6tp427uzv7fztkbsnn64iwotfrristwpryz'],
    ['a payload too short', 'f17uoq6tp427uzv7fztkbsnn64iwotfrristwp'],
    ['capitals', 'F17UOQ6TP427UZV7FZTKBSNN64IWOTFRRISTWPRYY'],
    ['an f4 address without its namespace', 'f4fkkld55ioe7qg24wvt7fu6pbknb56ht7pt4zamxa'],
    ['an f4 address of another namespace', 'f411fkkld55ioe7qg24wvt7fu6pbknb56ht7pt4zamxa'],
    ['an Ethereum address', '0xd4c5fb16488aa48081296299d54b0c648c9333da'],
    ['a long text', `f1${'a'.repeat(10_000)}`],
  ])('is not %s', (_what, text) => {
    expect(isFilecoinAddress(text)).toBe(false);
  });
});
