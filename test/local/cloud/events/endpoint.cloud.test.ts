/** Events put with the EventBridge client: retries, dead letters, refusals. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Local } from '../../../../local/cloud/cloud.ts';
import { eventually, type SmallCloud, smallCloud } from '../../support/small-cloud.ts';
import { clientAt, functions, resources } from '../../support/small-facts.ts';

let cloud: SmallCloud;
let local: Local;
beforeAll(async () => {
  cloud = smallCloud(resources, functions);
  local = await cloud.start();
});
afterAll(async () => {
  await local.stop();
  cloud.remove();
});

describe('an event', () => {
  const events = () => new EventBridgeClient(clientAt(local.ready.events));

  it('that cannot be delivered is tried again, then kept with its reason', async () => {
    local.hooks.failRule('small-written', 2);
    await events().send(
      new PutEventsCommand({
        Entries: [{ Source: 's', DetailType: 'fact.lost', Detail: '{"pk":"lost"}', EventBusName: 'small' }],
      }),
    );
    const [message] = await eventually(
      () => local.hooks.queue('eventsdead').stored.messages,
      ({ length }) => length > 0,
    );
    expect(message?.body).toBe('{"pk":"lost"}');
    expect(message?.messageAttributes).toMatchObject({
      RULE_ARN: { StringValue: 'arn:aws:events:ap-southeast-3:000000000000:rule/small/small-written' },
      TARGET_ARN: { StringValue: 'arn:aws:sqs:ap-southeast-3:000000000000:small-jobs' },
      ERROR_CODE: { StringValue: 'SDK_CLIENT_ERROR' },
      EXHAUSTED_RETRY_CONDITION: { StringValue: 'MaximumRetryAttempts' },
      RETRY_ATTEMPTS: { StringValue: '1' },
    });
  });

  it('that is malformed is refused alone, and too many together as a whole', async () => {
    const good = { Source: 's', DetailType: 'other', Detail: '{}', EventBusName: 'small' };
    const answer = await events().send(new PutEventsCommand({ Entries: [good, { ...good, Detail: 'no json' }] }));
    expect(answer).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ EventId: expect.any(String) }, { ErrorCode: 'MalformedDetail' }],
    });
    await expect(
      events().send(new PutEventsCommand({ Entries: Array.from({ length: 11 }, () => good) })),
    ).rejects.toThrow(/between 1 and 10/);
  });
});
