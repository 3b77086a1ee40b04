/** Watches the commands of an SDK client: each call with its input, its place in time and the capacity it consumed. */
import type { ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb';

type Input = Readonly<Record<string, unknown>>;

export type Call = {
  /** `PutItem`, `Query`, … */
  readonly name: string;
  readonly input: Input;
  /** Calls that had ended when this one began; calls with the same number ran side by side. */
  readonly after: number;
  readonly failed: boolean;
  readonly capacity: readonly ConsumedCapacity[];
};

export type Watch = {
  /** Forgets what was seen so far and returns it. */
  readonly take: () => readonly Call[];
  /** Watches a call that does not go through the DynamoDB client. */
  readonly around: <Result>(name: string, input: Input, work: () => Promise<Result>) => Promise<Result>;
};

const consumed = (result: unknown): readonly ConsumedCapacity[] => {
  const { output } = (result ?? {}) as { output?: { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] } };
  return [output?.ConsumedCapacity ?? []].flat();
};

/** @param withCapacity asks DynamoDB what each call consumed, table and indexes apart */
export const watch = (client: DynamoDBClient, { withCapacity }: { readonly withCapacity: boolean }): Watch => {
  let calls: Call[] = [];
  let ended = 0;

  const around: Watch['around'] = async (name, input, work) => {
    const began = { name, input, after: ended };
    const place = calls.push({ ...began, failed: true, capacity: [] }) - 1;
    const own = calls;
    try {
      const result = await work();
      own[place] = { ...began, failed: false, capacity: consumed(result) };
      return result;
    } finally {
      ended += 1;
    }
  };

  client.middlewareStack.add(
    (next, context) => (args) =>
      around(String(context.commandName).replace(/Command$/, ''), args.input as Input, () =>
        next(withCapacity ? { ...args, input: { ...args.input, ReturnConsumedCapacity: 'INDEXES' } } : args),
      ),
    { step: 'initialize', name: 'watch' },
  );

  return {
    around,
    take: () => {
      const taken = calls;
      calls = [];
      ended = 0;
      return taken;
    },
  };
};
