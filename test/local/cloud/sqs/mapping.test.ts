/** Which messages of a batch have failed, by the response of the function. */
import { describe, expect, it } from 'vitest';
import { failedIds } from '../../../../local/cloud/sqs/mapping.ts';

describe('the response to a batch of a queue', () => {
  it.each<[string, string, readonly string[] | undefined]>([
    ['nothing', 'null', []],
    ['no failures', '{"batchItemFailures":[]}', []],
    ['failures', '{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"b"}]}', ['a', 'b']],
    ['a failure without a name: all failed', '{"batchItemFailures":[{"itemIdentifier":""}]}', undefined],
    ['failures that are no list: all failed', '{"batchItemFailures":"a"}', undefined],
  ])('%s', (_what, payload, expected) => {
    expect(failedIds(payload)).toEqual(expected && new Set(expected));
  });
});
