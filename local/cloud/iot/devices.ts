/** The devices' side of the template on one machine: a broker that keeps to its policies and runs its topic rules. */
import type { AdminRoute } from '../../server/control.ts';
import type { MetricStore } from '../metrics/store.ts';
import type { Queues } from '../sqs/queues.ts';
import type { State } from '../state.ts';
import type { Stack } from '../template/stack.ts';
import { type Broker, startBroker } from './broker.ts';
import { readPolicies } from './policy.ts';
import { openRules } from './rules.ts';
import { openThings } from './things.ts';

export type DevicesOptions = {
  readonly stack: Stack;
  readonly state: State;
  readonly queues: Queues;
  readonly store: MetricStore;
  readonly takePort: () => Promise<number>;
  readonly say: (line: string) => void;
};
/** Without topic rules nothing listens, and the URL is empty. */
export type Devices = Broker & { readonly admin: Readonly<Record<string, AdminRoute>> };

export const openDevices = async ({ stack, state, queues, store, takePort, say }: DevicesOptions): Promise<Devices> => {
  const may = readPolicies(stack);
  const rules = openRules({
    stack,
    queues,
    onMetric: (RuleName, name) => store.record({ namespace: 'AWS/IoT', name, dimensions: { RuleName } }, 1),
  });
  if (!rules.any) return { url: '', stop: async () => {}, admin: {} };
  const things = openThings(state);
  const broker = await startBroker({
    port: await takePort(),
    things,
    may,
    onPublish: rules.publish,
    say: (line) => say(JSON.stringify({ timestamp: new Date().toISOString(), ...line })),
  });
  return { ...broker, admin: { things: things.admin } };
};
