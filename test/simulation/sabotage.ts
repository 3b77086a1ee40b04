/**
 * Takes one protection out of a run, to show that the laws notice: a condition of a write, an idempotency key, the
 * verification of a notification. Which there are is read off the requests that a run makes.
 */
import {
  DeleteItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { HttpCall } from '../../functions/platform/ports.ts';

/** `condition orders-events Put ORDER#/ORDER version = :version`. */
export type Site = string;

type Conditional = {
  readonly Item?: Readonly<Record<string, unknown>> | undefined;
  readonly Key?: Readonly<Record<string, unknown>> | undefined;
  readonly ConditionExpression?: string | undefined;
};

/** `ORDER/RIDE`, `KEY:rides/KEY`: without what differs from order to order. */
const kindOf = ({ Item, Key }: Conditional): string => {
  const { pk, sk } = (Item ?? Key ?? {}) as Record<'pk' | 'sk', { readonly S?: string } | undefined>;
  const [first = '', second = ''] = (pk?.S ?? '').split('#');
  const scope = first === 'KEY' ? `:${decodeURIComponent(second).split(/[:#]/)[0]}` : '';
  const sort = (sk?.S ?? '').split('#')[0] ?? '';
  return `${first}${scope}/${/^[A-Z_-]+$/.test(sort) ? sort : '…'}`;
};

const withoutCondition = <Input extends Conditional>(input: Input): Input => {
  const { ConditionExpression: _, ...rest } = input;
  return rest as Input;
};
const withoutHeader = (call: HttpCall, name: string): HttpCall => ({
  ...call,
  headers: Object.fromEntries(Object.entries(call.headers ?? {}).filter(([one]) => one.toLowerCase() !== name)),
});
const refundKey = /"refund_key":"[^"]*",?/;
/** `charge`, `cancel`, `refund`, `status`. */
const operationOf = (url: string): string => url.split('/').at(-1) ?? '';

export const sabotage = (removed: Site | undefined) => {
  const sites = new Set<Site>();
  const isOut = (site: Site): boolean => {
    sites.add(site);
    return site === removed;
  };
  const changed = <Input extends Conditional>(by: string, operation: string, input: Input): Input =>
    input.ConditionExpression !== undefined &&
    isOut(`condition ${by} ${operation} ${kindOf(input)} ${input.ConditionExpression}`)
      ? withoutCondition(input)
      : input;

  return {
    /** The protections that were met. */
    sites,
    command: (command: unknown, by: string): unknown => {
      if (command instanceof PutItemCommand) return new PutItemCommand(changed(by, 'Put', command.input));
      if (command instanceof UpdateItemCommand) return new UpdateItemCommand(changed(by, 'Update', command.input));
      if (command instanceof DeleteItemCommand) return new DeleteItemCommand(changed(by, 'Delete', command.input));
      if (!(command instanceof TransactWriteItemsCommand)) return command;
      const TransactItems = command.input.TransactItems?.map((item) =>
        item.Put ? { ...item, Put: changed(by, 'Transaction', item.Put) } : item,
      );
      return new TransactWriteItemsCommand({ ...command.input, TransactItems });
    },
    /** A call of the gateway, as it arrives there. */
    gatewayCall: (url: string, call: HttpCall, by: string): HttpCall => {
      const operation = operationOf(url);
      const header = Object.keys(call.headers ?? {}).find((name) => name.toLowerCase() === 'idempotency-key');
      const keyed = header && isOut(`key ${by} ${operation}`) ? withoutHeader(call, 'idempotency-key') : call;
      if (!keyed.body || !refundKey.test(keyed.body) || !isOut(`refund-key ${by}`)) return keyed;
      return { ...keyed, body: keyed.body.replace(refundKey, '') };
    },
    /** Whether the status is not read: what the last notification says is believed. */
    believesNotifications: (url: string, by: string): boolean =>
      operationOf(url) === 'status' && isOut(`verification ${by}`),
    /** The key that an app gave its request. */
    requestKey: (routeKey: string, key: string | undefined): string | undefined =>
      key !== undefined && isOut(`request-key ${routeKey}`) ? undefined : key,
  };
};
export type Sabotage = ReturnType<typeof sabotage>;
