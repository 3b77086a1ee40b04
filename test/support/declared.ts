/** Every fact that a test makes and every event that it stores is as events/ declares it, with no field more. */
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { catalogue } from '../../events/catalogue.ts';
import type { Item } from '../../functions/platform/dynamo.ts';
import type { Published } from '../../functions/platform/stream-reader.ts';

const entries = new Map(catalogue.map((entry) => [entry.type, entry]));

/** Facts of the tests of kernel and platform belong to no context. */
const isOfTests = (source: string): boolean => source === 'tuntas.test';

/** @throws when the event, as it is published, is not what its declaration says */
export const mustBeDeclared = ({ source, ...event }: Published): void => {
  if (isOfTests(source)) return;
  const entry = entries.get(event.type);
  if (!entry) throw new Error(`no event ${event.type} is declared`);
  const read = z.parse(entry.schema, event);
  if (!isDeepStrictEqual(read, event))
    throw new Error(`${event.type} has fields that are not declared: ${JSON.stringify(event)}`);
  const { id, aggregate, source: declared } = entry.of;
  const named = `${(event as Readonly<Record<string, unknown>>)[id]}/${aggregate}/${event.version}`;
  if (source !== declared || event.id.replace(/\.\d+$/, '') !== named)
    throw new Error(`${event.type} is of ${declared}, ${named}; published as ${source}, ${event.id}`);
};

/** A line of the story is written again for a copy of its event, never for another event. @throws when it is */
export const mustKeepLine = (before: Item | undefined, next: Item): void => {
  if (before && (before.type?.S !== next.type?.S || before.id?.S !== next.id?.S))
    throw new Error(`${next.pk?.S} ${next.sk?.S} was ${before.type?.S} ${before.id?.S}, and is ${next.type?.S} now`);
};

/** @param outbox of an item of the State table */
export const mustHoldDeclared = (outbox: string): void =>
  (JSON.parse(outbox) as readonly Published[]).forEach(mustBeDeclared);
