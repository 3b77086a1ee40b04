/** The event buses: rules with their patterns and schedules, and the delivery of events to their targets. */
import { randomUUID } from 'node:crypto';
import { account, region } from '../addresses.ts';
import type { Needs } from '../parts.ts';
import { text, unused, z } from '../template/schema.ts';
import { compilePattern, type Matcher } from './pattern.ts';
import { parseSchedule, startSchedule } from './schedule.ts';
import { targetSchema } from './targets.ts';

const busSchema = z.strictObject({
  Name: text,
  ...unused('Description', 'Policy', 'Tags', 'KmsKeyIdentifier', 'LogConfig'),
});

const ruleSchema = z.strictObject({
  Name: text.optional(),
  EventBusName: text.default('default'),
  EventPattern: z.record(text, z.unknown()).optional(),
  ScheduleExpression: text.optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z.array(targetSchema).default([]),
  ...unused('Description', 'RoleArn', 'Tags'),
});

export type CloudEvent = {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly resources?: readonly string[];
  readonly time?: Date;
};

export type Buses = ReturnType<typeof openBuses>;
type LiveRule = { readonly matches: Matcher; readonly fire: (event: unknown) => void };

const nameOf = (bus: string): string => bus.replace(/^.*event-bus\//, '');

const envelope = ({ source, detailType, detail, resources = [], time = new Date() }: CloudEvent) => ({
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

export const openBuses = ({ stack, targets, monitor }: Needs<'stack' | 'targets' | 'monitor'>) => {
  const rules = new Map<string, LiveRule[]>([['default', []]]);
  for (const { properties } of stack.read('AWS::Events::EventBus', busSchema)) rules.set(properties.Name, []);
  const stops: (() => void)[] = [];
  const schedules = new Map<string, () => void>();

  for (const { id, properties } of stack.read('AWS::Events::Rule', ruleSchema)) {
    const { ref: name, attributes } = stack.identify(id);
    const arn = attributes.Arn ?? name;
    const place = `${id}.Properties`;
    const bus = rules.get(nameOf(properties.EventBusName));
    if (!bus) throw new Error(`${place}.EventBusName: there is no bus ${properties.EventBusName}`);
    const { EventPattern: pattern, ScheduleExpression: expression } = properties;
    const matches = pattern && compilePattern(pattern, `${place}.EventPattern`);
    const deliver = properties.Targets.map((target, index) =>
      targets.open(target, { arn, name }, `${place}.Targets[${index}]`),
    );
    const schedule = expression === undefined ? undefined : parseSchedule(expression);
    if (properties.State === 'DISABLED') continue;
    const fire = (event: unknown): void => {
      monitor.ruleMatched(name);
      for (const one of deliver) one(event);
    };
    if (matches) bus.push({ matches, fire });
    if (!schedule) continue;
    const run = (time = new Date()): void =>
      fire(envelope({ source: 'aws.events', detailType: 'Scheduled Event', detail: {}, resources: [arn], time }));
    schedules.set(name, run);
    stops.push(startSchedule(schedule, run));
  }

  return {
    has: (bus: string): boolean => rules.has(nameOf(bus)),
    /** @returns the event's id. @throws when there is no such bus */
    put: (bus: string, event: CloudEvent): string => {
      const own = rules.get(nameOf(bus));
      if (!own) throw new Error(`there is no bus ${bus}`);
      const whole = envelope(event);
      for (const { matches, fire } of own) if (matches(whole)) fire(whole);
      return whole.id;
    },
    runSchedule: (ruleName: string): void => {
      const run = schedules.get(ruleName);
      if (!run) throw new Error(`there is no scheduled rule ${ruleName}`);
      run();
    },
    stop: (): void => {
      for (const stop of stops) stop();
    },
  };
};
