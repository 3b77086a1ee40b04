/** Runs the function of a route for a connection, and says whether it succeeded. */
import { isRecord, parseJson } from '../../json.ts';
import type { Api } from '../http/template.ts';
import type { Needs } from '../parts.ts';
import { type Connection, requestContext } from './events.ts';

/** Only `$request.body.<field>` can select a route. */
const selectorOf = (expression: string | undefined): ((body: string) => string) => {
  const [, field] = /^\$request\.body\.(\w+)$/.exec(expression ?? '') ?? [];
  if (field === undefined) throw new Error(`the route selection expression ${expression} is not known here`);
  return (body) => {
    const message = parseJson(body)?.value;
    const value = isRecord(message) && Object.hasOwn(message, field) ? message[field] : undefined;
    return typeof value === 'string' ? value : '$default';
  };
};

export const openInvoker = ({ functions, monitor }: Needs<'functions' | 'monitor'>, api: Api) => {
  const targets = new Map(api.routes.map(({ key, target }) => [key, functions.find(target)] as const));
  const select = selectorOf(api.selection);

  /** A route without a function succeeds: $connect and $disconnect are optional. */
  const invoke = async (routeKey: string, event: object): Promise<boolean> => {
    const target = targets.get(routeKey);
    if (!target) return true;
    const outcome = await target.invoke(JSON.stringify({ ...event, isBase64Encoded: false }));
    if (!outcome.ok) {
      monitor.socket(api, 'ExecutionError');
      return false;
    }
    const result: { statusCode?: unknown } | null = JSON.parse(outcome.payload);
    const status = Number(result?.statusCode ?? 200);
    const isSuccess = status >= 200 && status < 300;
    if (!isSuccess) monitor.socket(api, 'IntegrationError');
    return isSuccess;
  };

  return {
    invoke,
    /** @returns the message of the refusal; nothing when the function took the message */
    receive: async (connection: Connection, body: string, mayPass: boolean) => {
      monitor.socket(api, 'MessageCount');
      const selected = select(body);
      const routeKey = targets.has(selected) ? selected : '$default';
      const context = requestContext(connection, api, { routeKey, eventType: 'MESSAGE' });
      const refusal = (message: string) => ({ message, connectionId: connection.id, requestId: context.requestId });
      if (mayPass && targets.has(routeKey)) {
        const isTaken = await invoke(routeKey, { requestContext: context, body });
        return isTaken ? undefined : refusal('Internal server error');
      }
      monitor.socket(api, 'ClientError');
      return refusal(mayPass ? 'Forbidden' : 'Too Many Requests');
    },
  };
};
