/** Finds the route of a request: exact paths before variables, those before greedy ones, `$default` last. */
import { decoded } from '../../server/http.ts';

export type Match<Route> = { readonly route: Route; readonly parameters: Readonly<Record<string, string>> | undefined };

type Compiled<Route> = {
  readonly route: Route;
  readonly method: string;
  readonly expression: RegExp;
  readonly names: readonly string[];
  readonly rank: number;
};

const compile = <Route extends { readonly key: string }>(route: Route): Compiled<Route> | undefined => {
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

export const routeTable = <Route extends { readonly key: string }>(
  routes: readonly Route[],
): ((method: string, path: string) => Match<Route> | undefined) => {
  const compiled = routes
    .map(compile)
    .filter((one) => one !== undefined)
    .toSorted((left, right) => left.rank - right.rank);
  const fallback = routes.find(({ key }) => key === '$default');
  return (method, path) => {
    for (const { route, method: own, expression, names } of compiled) {
      if (own !== method && own !== 'ANY') continue;
      const found = expression.exec(path);
      if (!found) continue;
      const parameters =
        names.length === 0
          ? undefined
          : Object.fromEntries(names.map((name, index) => [name, decoded(found[index + 1] ?? '')]));
      return { route, parameters };
    }
    return fallback && { route: fallback, parameters: undefined };
  };
};
