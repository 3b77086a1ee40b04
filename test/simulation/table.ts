/** The tables: a true copy with conditional writes and transactions, one that lags for eventual reads, TTL. */
import { DeleteItemCommand, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { type MemoryTable, memoryTable, type Written } from '../../tools/memory-table.ts';
import type { Engine } from './engine.ts';
import type { Faults } from './faults.ts';
import type { Host } from './network.ts';

const twoDaysMs = 48 * 3_600_000;

const isEventual = (command: unknown): boolean =>
  (command instanceof GetItemCommand && command.input.ConsistentRead !== true) ||
  (command instanceof QueryCommand && command.input.ConsistentRead !== true);

const keyOf = (key: string): { pk: { S: string }; sk: { S: string } } => {
  const [pk = '', sk = ''] = key.split(' ');
  return { pk: { S: pk }, sk: { S: sk } };
};

export type TablesOptions = {
  readonly engine: Engine;
  readonly faults: Faults;
  /** Sees every write in the order the tables took them. */
  readonly onWrite: (written: Written, by: Host | undefined) => void;
  /** What becomes of a command before it is carried out. */
  readonly changed: (command: unknown, by: Host) => unknown;
  /** A command is carried out, with all of its writes. */
  readonly onCommand: () => void;
};

export const tables = ({ engine, faults, onWrite, changed, onCommand }: TablesOptions) => {
  let writer: Host | undefined;
  const lagging: MemoryTable = memoryTable();
  const put = (to: MemoryTable, { table, key, item }: Written): void => {
    if (item) to.put(table, item);
    else to.begin(new DeleteItemCommand({ TableName: table, Key: keyOf(key) }));
  };
  /** Per partition one copy follows the other in order, so a lag never turns two writes round. */
  const seenAt = new Map<string, number>();
  const follow = (written: Written): void => {
    const at = Math.max(engine.now() + faults.lag(), seenAt.get(written.key) ?? 0);
    seenAt.set(written.key, at);
    if (at <= engine.now()) put(lagging, written);
    else engine.after(at - engine.now(), () => put(lagging, written));
  };
  const forget = ({ table, key, item }: Written): void => {
    const expiresAt = Number(item?.expiresAt?.N ?? Number.NaN) * 1_000;
    if (!Number.isFinite(expiresAt)) return;
    engine.after(expiresAt - engine.now() + engine.random.below(twoDaysMs), () => {
      const [pk = '', sk = ''] = key.split(' ');
      const now = truth.read(table, { pk, sk })?.expiresAt;
      if (typeof now === 'number' && now * 1_000 <= engine.now())
        truth.begin(new DeleteItemCommand({ TableName: table, Key: keyOf(key) }));
    });
  };
  const truth: MemoryTable = memoryTable((written) => {
    follow(written);
    forget(written);
    onWrite(written, writer);
  });
  return {
    truth,
    begin: (command: unknown, by: Host): ReturnType<MemoryTable['begin']> => {
      writer = by;
      const begun = isEventual(command) ? lagging.begin(command) : truth.begin(changed(command, by));
      if (!('commit' in begun)) {
        onCommand();
        return begun;
      }
      return {
        commit: () => {
          writer = by;
          const output = begun.commit();
          onCommand();
          return output;
        },
      };
    },
  };
};
export type Tables = ReturnType<typeof tables>;
