import { describe, expect, it } from '@jest/globals';
import { Dispatcher, InvalidParams } from './json-rpc.js';

const dispatcher = new Dispatcher('Filecoin.', {
  Add: (a: number, b: number) => a + b,
  Nothing: () => undefined,
  Fail: () => {
    throw new Error('deal not found');
  },
  Picky: () => {
    throw new InvalidParams('needs a Path');
  },
});

describe('JSON-RPC', () => {
  it('calls methods with positional params', async () => {
    expect(await dispatcher.call({ jsonrpc: '2.0', id: 7, method: 'Filecoin.Add', params: [1, 2] })).toEqual({
      jsonrpc: '2.0',
      id: 7,
      result: 3,
    });
  });

  it('answers null where Go returns nothing', async () => {
    expect(await dispatcher.call({ id: 'x', method: 'Filecoin.Nothing' })).toEqual({
      jsonrpc: '2.0',
      id: 'x',
      result: null,
    });
  });

  it.each([
    ['Filecoin.Gone', -32601, "method 'Filecoin.Gone' not found"],
    ['Add', -32601, "method 'Add' not found"],
    ['Filecoin.Fail', 1, 'deal not found'],
    ['Filecoin.Picky', -32602, 'needs a Path'],
  ])('says what is wrong with %s', async (method, code, message) => {
    expect(await dispatcher.call({ id: 1, method, params: [] })).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code, message },
    });
  });

  it.each([null, 'text', 5, {}, { method: 5 }, { method: 'Filecoin.Add', params: { a: 1 } }])(
    'refuses %j as a request',
    async (request) => {
      expect(await dispatcher.call(request)).toMatchObject({ error: { code: -32600 } });
    },
  );
});
