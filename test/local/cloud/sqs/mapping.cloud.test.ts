/** Queues as event sources on a running stack: filters, batches, responses that name what is not in the batch. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Local } from '../../../../local/cloud/cloud.ts';
import { eventually, lambda, mapping, queue, type SmallCloud, smallCloud } from '../../support/small-cloud.ts';

const arn = (id: string): object => ({ 'Fn::GetAtt': [id, 'Arn'] });
const functions = {
  Collect: 'export const handler = async ({ Records }) => { console.log(Records.map(({ body }) => body).join()); };',
  Confused: 'export const handler = async () => ({ batchItemFailures: [{ itemIdentifier: "unknown" }] });',
};
const resources = {
  ...lambda('Collect'),
  ...lambda('Confused'),
  ...queue('Orders'),
  ...mapping('OrdersMapping', arn('Orders'), 'Collect', {
    FilterCriteria: { Filters: [{ Pattern: '{"body":{"kind":["paid"]}}' }] },
  }),
  ...queue('Dead'),
  ...queue('Reports', {
    VisibilityTimeout: 1,
    RedrivePolicy: { deadLetterTargetArn: arn('Dead'), maxReceiveCount: 1 },
  }),
  ...mapping('ReportsMapping', arn('Reports'), 'Confused'),
  ...queue('Slow'),
  ...mapping('SlowMapping', arn('Slow'), 'Collect', { BatchSize: 2, MaximumBatchingWindowInSeconds: 3600 }),
};

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
const collected = () => local.hooks.logs('collect');

it('delivers what its filter matches, and deletes the rest', async () => {
  local.hooks.queue('orders').send('{"kind":"cancelled"}');
  local.hooks.queue('orders').send('{"kind":"paid"}');
  await local.hooks.idle();
  expect(collected()).toEqual(['{"kind":"paid"}']);
});

it('waits for a whole batch as long as its window allows', async () => {
  const { stored, send } = local.hooks.queue('slow');
  send('1');
  local.hooks.queue('orders').send('{"kind":"paid","n":2}');
  await eventually(
    () => collected().at(-1),
    (last) => last === '{"kind":"paid","n":2}',
  );
  expect(stored.messages).toHaveLength(1);
  await expect(local.hooks.idle(50)).rejects.toThrow('small-slow → small-collect');
  send('2');
  await local.hooks.idle();
  expect(collected().at(-1)).toBe('1,2');
});

it('takes a response that names an unknown message as a failure of the whole batch', async () => {
  local.hooks.queue('reports').send('a');
  await local.hooks.idle();
  expect(local.hooks.queue('dead').stored.messages.map(({ body }) => body)).toEqual(['a']);
});
