/** The bus: rules with their patterns and inputs, targets at least once and in no order, schedules. */
import type { Published } from '../../functions/platform/stream-reader.ts';
import type { Engine } from './engine.ts';
import type { Faults } from './faults.ts';
import type { Lambdas } from './lambdas.ts';
import type { RulePlan } from './plans.ts';
import type { Queues } from './queues.ts';

export type BusOptions = {
  readonly engine: Engine;
  readonly faults: Faults;
  readonly queues: Queues;
  readonly lambdas: () => Lambdas;
  readonly rules: readonly RulePlan[];
  /** When a schedule fires that is due at a moment: later where nothing can go wrong any more, which saves steps. */
  readonly paced: (due: number) => number;
};

export const bus = ({ engine, faults, queues, lambdas, rules, paced }: BusOptions) => {
  let count = 0;
  const published: Published[] = [];
  const buses = new Map<string, string>();

  const envelope = (source: string, detailType: string, detail: unknown): Record<string, unknown> => {
    count += 1;
    const time = new Date(engine.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    const account = '000000000000';
    const region = 'ap-southeast-3';
    return {
      version: '0',
      id: `e${count}`,
      'detail-type': detailType,
      source,
      account,
      time,
      region,
      resources: [],
      detail,
    };
  };
  /** An asynchronous invocation is tried three times. */
  const invoke = async (arn: string, input: unknown, left = 3): Promise<void> => {
    const outcome = await lambdas().invoke(arn, input);
    if (!outcome.ok && left > 1) engine.after(60_000, () => void invoke(arn, input, left - 1));
  };
  const fire = (rule: RulePlan, event: unknown): void => {
    for (const { arn, input } of rule.targets) {
      const text = input(event, rule);
      for (let copy = faults.copies(); copy > 0; copy -= 1)
        engine.after(faults.delay(100), () =>
          arn.includes(':sqs:') ? queues.find(arn).put(text, {}, 0) : void invoke(arn, JSON.parse(text)),
        );
    }
  };
  const schedule = (rule: RulePlan): void => {
    const next = rule.schedule?.next(new Date(engine.now())).getTime();
    if (next === undefined) return;
    engine.after(paced(next) - engine.now(), () => {
      fire(rule, envelope('aws.events', 'Scheduled Event', {}));
      schedule(rule);
    });
  };
  for (const rule of rules) schedule(rule);

  const deliver = (busName: string, event: Published): void => {
    const { source, ...detail } = event;
    const whole = envelope(source, event.type, detail);
    for (const rule of rules) if (busName.endsWith(rule.bus) && rule.matches?.(whole)) fire(rule, whole);
  };
  return {
    published,
    put: (busName: string, events: readonly Published[]): void => {
      for (const event of events) {
        published.push(event);
        buses.set(event.id, busName);
        deliver(busName, event);
      }
    },
    /** The bus delivers once more what it has delivered, which it may do at any time. */
    repeat: (type: string): void => {
      for (const event of [...published]) if (event.type === type) deliver(buses.get(event.id) ?? '', event);
    },
  };
};
export type Bus = ReturnType<typeof bus>;
