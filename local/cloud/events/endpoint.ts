/** EventBridge's own API, as far as a publisher needs it: PutEvents with its limits. */

import { type AwsOperation, awsError } from '../../server/aws-json.ts';
import { z } from '../template/schema.ts';
import type { Buses } from './bus.ts';

const MOST_ENTRIES = 10;
const MOST_BYTES = 1_048_576;

const entrySchema = z.looseObject({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().default('default'),
  Resources: z.array(z.string()).default([]),
  Time: z.number().optional(),
});

const schema = z.looseObject({ Entries: z.array(entrySchema) });
type Entry = z.infer<typeof entrySchema>;

/** The size of an entry by AWS's own rule: 14 bytes for a time, then its texts. */
export const sizeOf = ({ Time, Source = '', DetailType = '', Detail = '', Resources }: Entry): number =>
  (Time === undefined ? 0 : 14) +
  [Source, DetailType, Detail, ...Resources].reduce((sum, part) => sum + Buffer.byteLength(part), 0);

const failed = (ErrorCode: string, ErrorMessage: string): Record<string, string> => ({ ErrorCode, ErrorMessage });

const parseDetail = (text: string): unknown => {
  try {
    const detail: unknown = JSON.parse(text);
    return typeof detail === 'object' && !Array.isArray(detail) ? (detail ?? undefined) : undefined;
  } catch {
    return undefined;
  }
};

const put = (buses: Buses, entry: Entry): Record<string, string> => {
  if (!entry.Source)
    return failed('InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.');
  if (!entry.DetailType)
    return failed('InvalidArgument', 'Parameter DetailType is not valid. Reason: DetailType is a required argument.');
  if (!entry.Detail)
    return failed('InvalidArgument', 'Parameter Detail is not valid. Reason: Detail is a required argument.');
  if (entry.Source.startsWith('aws.'))
    return failed('NotAuthorizedForSourceException', 'Not authorized for the source.');
  const detail = parseDetail(entry.Detail);
  if (detail === undefined) return failed('MalformedDetail', 'Detail is malformed.');
  // AWS accepts an event for a bus that does not exist, and drops it; a developer wants to know.
  if (!buses.has(entry.EventBusName))
    return failed('InvalidArgument', `Event bus ${entry.EventBusName} does not exist.`);
  const time = entry.Time === undefined ? {} : { time: new Date(entry.Time * 1000) };
  return {
    EventId: buses.put(entry.EventBusName, {
      source: entry.Source,
      detailType: entry.DetailType,
      detail,
      resources: entry.Resources,
      ...time,
    }),
  };
};

export const eventsOperations = (buses: Buses): Readonly<Record<string, AwsOperation>> => ({
  'AWSEvents.PutEvents': (input) => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) throw awsError('SerializationException', parsed.error.message);
    const { Entries } = parsed.data;
    if (Entries.length === 0 || Entries.length > MOST_ENTRIES) {
      throw awsError(
        'ValidationException',
        `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${MOST_ENTRIES}`,
      );
    }
    if (Entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > MOST_BYTES) {
      throw awsError('ValidationException', 'Total size of the entries in the request is over the limit.');
    }
    const results = Entries.map((entry) => put(buses, entry));
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  },
});
