/** EventBridge's API, as far as a publisher needs it: PutEvents with its limits. */
import { isRecord, parseJson } from '../../json.ts';
import { AwsError, type AwsOperations, operation } from '../../server/aws-json.ts';
import { z } from '../template/schema.ts';
import type { Buses } from './bus.ts';

const maxEntries = 10;
const maxBytes = 1_048_576;

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

/** The size of an entry by AWS's rule: 14 bytes for a time, then its texts. */
const sizeOf = ({ Time, Source = '', DetailType = '', Detail = '', Resources }: Entry): number =>
  (Time === undefined ? 0 : 14) +
  [Source, DetailType, Detail, ...Resources].reduce((sum, part) => sum + Buffer.byteLength(part), 0);

const failed = (ErrorCode: string, ErrorMessage: string): Record<string, string> => ({ ErrorCode, ErrorMessage });

const put = (buses: Buses, entry: Entry): Record<string, string> => {
  const missing = (['Source', 'DetailType', 'Detail'] as const).find((name) => !entry[name]);
  if (missing)
    return failed('InvalidArgument', `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`);
  const { Source: source = '', DetailType: detailType = '', Resources: resources } = entry;
  if (source.startsWith('aws.')) return failed('NotAuthorizedForSourceException', 'Not authorized for the source.');
  const detail = parseJson(entry.Detail ?? '')?.value;
  if (!isRecord(detail)) return failed('MalformedDetail', 'Detail is malformed.');
  // AWS accepts an event for a bus that does not exist, and drops it; a developer wants to know.
  if (!buses.has(entry.EventBusName))
    return failed('InvalidArgument', `Event bus ${entry.EventBusName} does not exist.`);
  const time = entry.Time === undefined ? {} : { time: new Date(entry.Time * 1000) };
  return { EventId: buses.put(entry.EventBusName, { source, detailType, detail, resources, ...time }) };
};

export const eventsOperations = (buses: Buses): AwsOperations => ({
  'AWSEvents.PutEvents': operation('SerializationException', schema, ({ Entries }) => {
    if (Entries.length === 0 || Entries.length > maxEntries) {
      throw new AwsError(
        'ValidationException',
        "1 validation error detected: Value at 'entries' failed to satisfy constraint: " +
          `Member must have length between 1 and ${maxEntries}`,
      );
    }
    if (Entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > maxBytes)
      throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
    const results = Entries.map((entry) => put(buses, entry));
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  }),
});
