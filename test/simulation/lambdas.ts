/** The functions: environments with their module state, one call at a time, frozen between calls. */
import { instant } from '../../functions/kernel/types.ts';
import type { Clients, Ports } from '../../functions/platform/ports.ts';
import type { Engine } from './engine.ts';
import type { Faults } from './faults.ts';
import { type Host, host } from './network.ts';
import type { FunctionPlan, Handler } from './plans.ts';

export type Outcome = { readonly ok: true; readonly payload: unknown } | { readonly ok: false };
export type PortsFor = (of: Host) => Ports<keyof Clients>;
type Environment = { readonly host: Host; readonly handler: Handler };

const recycledAfterCall = 0.02;
const checkMs = 250;

export type LambdasOptions = {
  readonly engine: Engine;
  readonly faults: Faults;
  readonly plans: readonly FunctionPlan[];
  readonly portsFor: PortsFor;
};

export const lambdas = ({ engine, faults, plans, portsFor }: LambdasOptions) => {
  const open = (plan: FunctionPlan) => {
    const idle: Environment[] = [];
    const waiting: (() => void)[] = [];
    let busy = 0;
    let made = 0;
    const make = (): Environment => {
      made += 1;
      const own = host(`${plan.name}/${made}`, faults.skew());
      return { host: own, handler: plan.compose(portsFor(own), plan.env) };
    };
    const run = (event: unknown, met: readonly string[], done: (outcome: Outcome) => void): void => {
      busy += 1;
      const environment = idle.pop() ?? make();
      environment.host.met.clear();
      for (const fault of met) environment.host.met.add(fault);
      let ended = false;
      const end = (outcome: Outcome): void => {
        if (ended) return;
        ended = true;
        busy -= 1;
        if (environment.host.isAlive() && !engine.random.chance(recycledAfterCall)) idle.push(environment);
        else environment.host.kill();
        done(outcome);
        waiting.shift()?.();
      };
      const deadline = engine.now() + plan.timeoutMs;
      const watch = (): void => {
        if (ended) return;
        if (environment.host.isAlive() && engine.now() < deadline) engine.after(checkMs, watch);
        else {
          environment.host.crash();
          end({ ok: false });
        }
      };
      engine.after(checkMs, watch);
      environment.handler(structuredClone(event)).then(
        (payload) => environment.host.isAlive() && end({ ok: true, payload }),
        () => environment.host.isAlive() && end({ ok: false }),
      );
    };
    return {
      plan,
      invoke: (event: unknown, met: readonly string[]): Promise<Outcome> =>
        new Promise((resolve) => {
          const start = (): void => run(event, met, resolve);
          if (busy < plan.concurrency) start();
          else waiting.push(start);
        }),
    };
  };
  const all = new Map(plans.map((plan) => [plan.arn, open(plan)]));
  return {
    /** @param met the faults that the event itself has met */
    invoke: (arn: string, event: unknown, met: readonly string[] = []): Promise<Outcome> => {
      const found = all.get(arn);
      if (!found) throw new Error(`there is no function ${arn}`);
      return found.invoke(event, met);
    },
    clockOf: (of: Host) => () => instant(Math.max(0, engine.now() + of.skew)),
  };
};
export type Lambdas = ReturnType<typeof lambdas>;
