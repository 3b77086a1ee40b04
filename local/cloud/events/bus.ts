/** The event buses: rules with their patterns and schedules, and the way of an event to its targets. */
import { randomUUID } from 'node:crypto';
import { text, unused, z } from '../template/schema.ts';
import type { Stack } from '../template/stack.ts';
import { compilePattern, type Matcher } from './pattern.ts';
import { parseSchedule, startSchedule } from './schedule.ts';
import { type Deliver, type Targets, targetSchema } from './targets.ts';

const busSchema = z.strictObject({
  Name: text,
  Description: unused,
  Policy: unused,
  Tags: unused,
  KmsKeyIdentifier: unused,
  LogConfig: unused,
});

const ruleSchema = z.strictObject({
  Name: text.optional(),
  Description: unused,
  EventBusName: text.default('default'),
  EventPattern: z.record(text, z.unknown()).optional(),
  ScheduleExpression: text.optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  RoleArn: unused,
  Tags: unused,
  Targets: z.array(targetSchema).default([]),
});

export interface CloudEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly resources?: readonly string[];
  readonly time?: Date;
}

export interface Buses {
  /** Puts an event on a bus; gives back its id. Throws when there is no such bus. */
  readonly put: (bus: string, event: CloudEvent) => string;
  readonly has: (bus: string) => boolean;
  /** Runs a scheduled rule at once. */
  readonly runSchedule: (ruleName: string) => void;
  readonly stop: () => void;
}

export interface BusesOptions {
  readonly stack: Stack;
  readonly targets: Targets;
  readonly region: string;
  readonly account: string;
  readonly onMatched: (ruleName: string) => void;
}

interface LiveRule {
  readonly name: string;
  readonly arn: string;
  readonly matches: Matcher | undefined;
  readonly deliver: readonly Deliver[];
}

const nameOf = (bus: string): string => bus.replace(/^.*event-bus\//, '');

export const openBuses = ({ stack, targets, region, account, onMatched }: BusesOptions): Buses => {
  const rules = new Map<string, LiveRule[]>([['default', []]]);
  for (const { properties } of stack.read('AWS::Events::EventBus', busSchema)) rules.set(properties.Name, []);
  const stops: (() => void)[] = [];
  const schedules = new Map<string, () => void>();

  const envelope = ({
    source,
    detailType,
    detail,
    resources = [],
    time = new Date(),
  }: CloudEvent): Record<string, unknown> => ({
    version: '0',
    id: randomUUID(),
    'detail-type': detailType,
    source,
    account,
    time: time.toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources,
    detail,
  });

  const fire = (rule: LiveRule, event: unknown): void => {
    onMatched(rule.name);
    for (const deliver of rule.deliver) deliver(event);
  };

  for (const { id, properties } of stack.read('AWS::Events::Rule', ruleSchema)) {
    const { ref: name, attributes } = stack.identify(id);
    const arn = attributes.Arn ?? name;
    const place = `${id}.Properties`;
    const bus = rules.get(nameOf(properties.EventBusName));
    if (!bus) throw new Error(`${place}.EventBusName: there is no bus ${properties.EventBusName}`);
    const { EventPattern: pattern, ScheduleExpression: expression } = properties;
    const rule: LiveRule = {
      name,
      arn,
      matches: pattern && compilePattern(pattern, `${place}.EventPattern`),
      deliver: properties.Targets.map((target, index) =>
        targets.open(target, { arn, name }, `${place}.Targets[${index}]`),
      ),
    };
    const schedule = expression === undefined ? undefined : parseSchedule(expression);
    if (properties.State === 'DISABLED') continue;
    if (rule.matches) bus.push(rule);
    if (!schedule) continue;
    const run = (time = new Date()): void =>
      fire(rule, envelope({ source: 'aws.events', detailType: 'Scheduled Event', detail: {}, resources: [arn], time }));
    schedules.set(name, run);
    stops.push(startSchedule(schedule, run));
  }

  return {
    has: (bus) => rules.has(nameOf(bus)),
    put: (bus, event) => {
      const own = rules.get(nameOf(bus));
      if (!own) throw new Error(`there is no bus ${bus}`);
      const whole = envelope(event);
      for (const rule of own) if (rule.matches?.(whole)) fire(rule, whole);
      return String(whole.id);
    },
    runSchedule: (name) => {
      const run = schedules.get(name);
      if (!run) throw new Error(`there is no scheduled rule ${name}`);
      run();
    },
    stop: () => {
      for (const stop of stops) stop();
    },
  };
};
