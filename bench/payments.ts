/** The figures of payments: the webhook, an early notification, writes, thousands of notifications at once. */
import { burstPart } from './support/payments-burst.ts';
import { racePart } from './support/payments-race.ts';
import { webhookPart } from './support/payments-webhook.ts';
import { writesPart } from './support/payments-writes.ts';
import type { Benchmark, Part } from './support/report.ts';

const sections: readonly (() => Promise<Part>)[] = [webhookPart, racePart, writesPart, burstPart];

const benchmark: Benchmark = async () => {
  const parts: Part[] = [];
  for (const section of sections) parts.push(await section());
  return {
    title: 'Payments',
    lines: parts.flatMap(({ lines }) => lines),
    details: parts.flatMap(({ details = [] }) => details),
    notes: parts.flatMap(({ notes = [] }) => notes),
  };
};

export default benchmark;
