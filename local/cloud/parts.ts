/** The parts of the cloud by name; each is opened with those that it needs. */
import type { TakePort } from '../server/ports.ts';
import type { Addresses } from './addresses.ts';
import type { TableStream } from './dynamodb/stream.ts';
import type { Buses } from './events/bus.ts';
import type { Targets } from './events/targets.ts';
import type { AsyncInvokes } from './lambda/async.ts';
import type { Functions } from './lambda/functions.ts';
import type { Logs } from './lambda/logs.ts';
import type { Mappings } from './mappings.ts';
import type { Monitor } from './metrics/monitor.ts';
import type { Queues } from './sqs/queues.ts';
import type { State } from './state.ts';
import type { Teardown } from './teardown.ts';
import type { Stack } from './template/stack.ts';

export type Parts = {
  readonly stack: Stack;
  readonly state: State;
  readonly addresses: Addresses;
  readonly takePort: TakePort;
  readonly teardown: Teardown;
  readonly logs: Logs;
  readonly queues: Queues;
  /** By the ARN that the template knows. */
  readonly streams: ReadonlyMap<string, TableStream>;
  readonly monitor: Monitor;
  readonly functions: Functions;
  readonly asyncInvokes: AsyncInvokes;
  readonly targets: Targets;
  readonly buses: Buses;
  readonly mappings: Mappings;
};

export type Needs<Name extends keyof Parts> = Pick<Parts, Name>;
