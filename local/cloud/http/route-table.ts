/** Finds the route of a request: exact paths before variables, those before greedy ones, `$default` last. */
import { decoded } from '../../server/http.ts';

const compile = <Route extends { readonly key: string }>(route: Route) => {
  const [method = '', path] = route.key.split(' ');
  if (path === undefined) return undefined;
  const names: string[] = [];
  let rank = method === 'ANY' ? 1 : 0;
  const source = path
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{([^}+]+)(\\\+)?\}/g, (_whole, name: string, greedy: string | undefined) => {
      names.push(name);
      rank += greedy ? 1000 : 10;
      return greedy ? '(.+)' : '([^/]+)';
    });
  return { route, method, expression: new RegExp(`^${source}/?$`), names, rank };
};

export const routeTable = <Route extends { readonly key: string }>(routes: readonly Route[]) => {
  const compiled = routes
    .map(compile)
    .filter((one) => one !== undefined)
    .toSorted((left, right) => left.rank - right.rank);
  const fallback = routes.find(({ key }) => key === '$default');
  return (method: string, path: string) => {
    for (const { route, method: own, expression, names } of compiled) {
      if (own !== method && own !== 'ANY') continue;
      const found = expression.exec(path);
      if (!found) continue;
      const parameters = Object.fromEntries(names.map((name, index) => [name, decoded(found[index + 1] ?? '')]));
      return { route, parameters: names.length === 0 ? undefined : parameters };
    }
    return fallback && { route: fallback, parameters: undefined };
  };
};
