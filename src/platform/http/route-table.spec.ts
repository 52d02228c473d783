import { describe, expect, it } from '@jest/globals';
import { RouteTable } from './route-table.js';

describe('the methods that a path knows', () => {
  const routes = new RouteTable();
  routes.add('/content/:id', ['GET', 'HEAD']);
  routes.add('/content/:id', 'DELETE');
  routes.add('/content/add', 'POST');
  routes.add('/ipfs/*', ['GET', 'OPTIONS']);
  routes.add('/a.b+c', 'GET');

  it.each([
    ['/content/7', ['DELETE', 'GET', 'HEAD']],
    ['/content/7/', ['DELETE', 'GET', 'HEAD']],
    ['/content/add', ['DELETE', 'GET', 'HEAD', 'POST']],
    ['/content/7/8', []],
    ['/content', []],
    ['/ipfs/bafy/a/b', ['GET']],
    ['/a.b+c', ['GET']],
    ['/aXbbc', []],
  ])('%s: %j', (path, methods) => {
    expect(routes.methodsOf(path)).toEqual(methods);
  });
});
