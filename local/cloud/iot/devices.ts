/** The devices' stack on one machine: a broker that enforces its policies and runs its topic rules. */
import type { AdminRoutes } from '../../server/control.ts';
import { usualPorts } from '../addresses.ts';
import type { Needs } from '../parts.ts';
import { startBroker } from './broker.ts';
import { readPolicies } from './policy.ts';
import { openRules } from './rules.ts';
import { openThings } from './things.ts';

type Options = Needs<'stack' | 'state' | 'queues' | 'monitor' | 'takePort' | 'teardown' | 'logs'>;

/** @returns the URL of the broker; empty without topic rules, then nothing listens */
export const openDevices = async (parts: Options): Promise<{ readonly url: string; readonly admin: AdminRoutes }> => {
  const { stack, state, takePort, teardown, logs } = parts;
  const may = readPolicies(stack);
  const rules = openRules(parts);
  if (!rules.any) return { url: '', admin: {} };
  const things = openThings(state);
  const { url, stop } = await startBroker({
    port: await takePort('mqtt', { usual: usualPorts.mqtt }),
    things,
    may,
    onPublish: rules.publish,
    log: (line) =>
      logs.append(`${stack.name}-devices`, [JSON.stringify({ timestamp: new Date().toISOString(), ...line })]),
  });
  teardown.add('devices', stop);
  return { url, admin: { things: things.admin } };
};
