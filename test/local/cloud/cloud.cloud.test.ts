/** The way of a fact through the running stack: table, stream, bus, queue; what fails, and what a restart keeps. */
import { ChangeMessageVisibilityCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Local } from '../../../local/cloud/cloud.ts';
import { eventually, type SmallCloud, smallCloud } from '../support/small-cloud.ts';
import { functions, reachOf, resources } from '../support/small-facts.ts';

let cloud: SmallCloud;
let local: Local;
beforeAll(async () => {
  cloud = smallCloud(resources, functions);
  local = await cloud.start({ memory: false, alarmEveryMs: 50 });
});
afterAll(async () => {
  await local.stop();
  cloud.remove();
});
const { sqs, send, queueUrl, bodies, isDone } = reachOf(() => local);

describe('a fact written by a function', () => {
  it('is worked on at the end of its way', async () => {
    await local.hooks.invoke('write', { pk: 'first' });
    await local.hooks.idle();
    expect(isDone('first')).toBe(true);
  });

  it('that the filter does not match is not published', async () => {
    await local.hooks.invoke('write', { pk: 'silent', more: { outbox: { N: '1' } } });
    await local.hooks.idle();
    expect(isDone('silent')).toBe(false);
  });

  it('that cannot be published is given up with its place in the stream, and the next is not delayed', async () => {
    await Promise.all(['before', 'poison', 'after'].map((pk) => local.hooks.invoke('write', { pk })));
    await local.hooks.idle();
    expect([isDone('before'), isDone('after')]).toEqual([true, true]);
    expect(bodies('streamdead')).toMatchObject([
      {
        requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
        DDBStreamBatchInfo: { batchSize: 1 },
      },
    ]);
  });

  it('is delivered again when a function ends in the middle of it', async () => {
    await local.hooks.invoke('write', { pk: 'interrupted' });
    await eventually(
      () => local.hooks.logs('work'),
      (lines) => lines.includes('waits to be interrupted'),
    );
    expect(await local.hooks.kill('work')).toBe(1);
    await local.hooks.idle();
    expect(isDone('interrupted')).toBe(true);
  });
});

describe('a message', () => {
  it('that fails each time ends in the dead-letter queue, its neighbours done; the alarm is delivered', async () => {
    await Promise.all([send('jobs', { pk: 'never' }), send('jobs', { pk: 'fine' })]);
    await local.hooks.idle();
    expect(bodies('workdead')).toEqual([{ pk: 'never' }]);
    expect(isDone('fine')).toBe(true);
    local.hooks.evaluateAlarms();
    const [line] = await eventually(
      () => local.hooks.logs('alarmed'),
      (lines) => lines.length > 0 && lines[0] !== '',
    );
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      detail: { alarmName: 'small-dead', state: { value: 'ALARM' }, previousState: { value: 'OK' } },
    });
  });

  it('made visible at once is there again, also on disk', async () => {
    const QueueUrl = queueUrl('idle');
    await send('idle', 'back');
    const { Messages = [] } = await sqs().send(new ReceiveMessageCommand({ QueueUrl }));
    await sqs().send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle, VisibilityTimeout: 0 }),
    );
    const again = await sqs().send(new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'] }));
    expect(again.Messages?.[0]).toMatchObject({ Body: 'back', Attributes: { ApproximateReceiveCount: '2' } });
  });
});

describe('time to live', () => {
  it('deletes what has expired', async () => {
    await local.hooks.invoke('write', {
      pk: 'old',
      more: { expiresAt: { N: String(Math.floor(Date.now() / 1000) - 10) } },
    });
    await local.hooks.housekeeping();
    const response = await fetch(`${local.ready.dynamodb}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.GetItem',
        'x-amz-date': '20261121T000000Z',
        authorization: 'AWS4-HMAC-SHA256 Credential=a/20261121/local/s/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify({ TableName: 'small-facts', Key: { pk: { S: 'old' } } }),
    });
    expect(await response.json()).toEqual({});
  });
});

describe('a restart', () => {
  it('keeps messages, tokens, places in streams and addresses', async () => {
    await send('idle', 'kept');
    const before = local.ready;
    await local.hooks.idle();
    const { token } = (await (await fetch(`${before.tokens}?role=rider&sub=r`)).json()) as { token: string };
    await local.stop();
    local = await cloud.start({ memory: false, port: undefined });
    expect({ ...local.ready, api: '', pid: 0 }).toEqual({ ...before, api: '', pid: 0 });
    const { Messages } = await sqs().send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl('idle'), MaxNumberOfMessages: 10 }),
    );
    expect(Messages?.map(({ Body }) => Body)).toContain('kept');
    const keys = createRemoteJWKSet(new URL(`${local.ready.issuer}/.well-known/jwks.json`));
    expect((await jwtVerify(token, keys, { issuer: local.ready.issuer })).payload.sub).toBe('r');
    await local.hooks.idle();
    // Read from where it stopped: nothing is published a second time.
    expect(
      local.hooks.metric(
        { namespace: 'AWS/Lambda', name: 'Invocations', dimensions: { FunctionName: 'small-publish' } },
        'Sum',
      ),
    ).toBeUndefined();
    await local.hooks.invoke('write', { pk: 'later' });
    await local.hooks.idle();
    expect(isDone('later')).toBe(true);
  });
});
