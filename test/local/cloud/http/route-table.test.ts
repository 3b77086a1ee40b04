/** Which route of an HTTP API a request takes. */
import { describe, expect, it } from 'vitest';
import { routeTable } from '../../../../local/cloud/http/route-table.ts';

describe('the route of a request', () => {
  const keys = [
    'GET /rides/{id}',
    'GET /rides/mine',
    'ANY /rides/{id}',
    'POST /rides',
    'GET /files/{path+}',
    '$default',
  ];
  const find = routeTable(keys.map((key) => ({ key })));

  it.each([
    ['GET', '/rides/mine', 'GET /rides/mine', undefined],
    ['GET', '/rides/TNT%201', 'GET /rides/{id}', { id: 'TNT 1' }],
    ['PUT', '/rides/1', 'ANY /rides/{id}', { id: '1' }],
    ['GET', '/files/a/b', 'GET /files/{path+}', { path: 'a/b' }],
    ['GET', '/elsewhere', '$default', undefined],
  ])('%s %s is %s', (method, path, key, parameters) => {
    expect(find(method, path)).toEqual({ route: { key }, parameters });
  });

  it('is none without a default', () => {
    expect(routeTable([{ key: 'POST /rides' }])('GET', '/rides')).toBeUndefined();
  });
});
