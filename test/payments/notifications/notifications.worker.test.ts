/** The worker of the webhook queue. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { compose } from '../../../functions/payments/notifications/notifications.compose.ts';
import { bodyOf } from '../../support/gateway.ts';
import { logLines } from '../../support/log.ts';
import { clientOf, clientWith, memoryTable } from '../../support/memory-table.ts';
import { intent, orderId, ref, report, start } from '../../support/payments.ts';
import { charged, intended, sender, world } from '../../support/payments-world.ts';
import { delivered } from '../../support/queue.ts';

const lines = logLines();

describe('the worker of the webhook queue', () => {
  it.each([
    ['payment_notif_test_G700000001_0f3', 'ack_test_notification', 'WebhookTest'],
    ['INV-7001', 'ack_unknown_order', 'WebhookForeign'],
    [`${ref}2`, 'ack_unknown_order', 'WebhookForeign'],
    [orderId, 'ack_unknown_order', 'WebhookForeign'],
    ['../v2/charge', 'ack_unknown_order', 'WebhookForeign'],
    ['ÄÖ 💸 #/?', 'ack_unknown_order', 'WebhookForeign'],
  ])('acknowledges %s without asking the gateway: %s', async (id, effect, metric) => {
    const w = world();
    await w.notified(bodyOf(report('settlement'), id));
    expect(w.gateway.calls).toEqual([]);
    expect(w.syncLines()).toMatchObject([
      { pk: `ORDER#${id}`, effect, sender, attempt: 1, tookMs: 0, verified: false },
    ]);
    expect(lines.metric(metric)).toEqual([1]);
  });

  it('keeps a refund number beyond 2^53 as received', async () => {
    const w = world();
    await intended(w);
    await charged(w);
    w.gateway.moves(ref, 'settlement');
    const body = bodyOf(
      report('refund', {
        transactionId: 'tx-1',
        refunds: [{ key: 'r1', amount: intent().amount, reason: '', confirmed: false }],
      }),
      ref,
    );
    const large = body.replace('"refund_chargeback_id":1', '"refund_chargeback_id":202502070943231234');
    await w.notified(large);
    expect(w.syncLines()[0]?.body).toContain('202502070943231234');
  });

  it('parks what is no notification, with the reason', async () => {
    const w = world();
    const work = compose(w.ports, w.env);
    await work(delivered(['{', { body: '[]', receivedAt: start }, { body: '{}' }]));
    expect(w.parked().map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^not JSON: .*; body: must be JSON \(RFC 8259\)$/),
      expect.stringMatching(/^Some fields are invalid; receivedAt: /),
      'not a notification; body: must be a JSON object',
    ]);
  });

  it('leaves a message for a retry when the story cannot be written, and does nothing twice then', async () => {
    const table = memoryTable();
    const plain = clientOf(table);
    let failing = true;
    const dynamo = clientWith(async (command) => {
      if (failing && command instanceof PutItemCommand && command.input.TableName === 'Story')
        throw new Error('unreachable');
      return plain.send(command as never);
    });
    const w = world({ table, dynamo });
    await intended(w);
    await charged(w);
    const body = w.gateway.moves(ref, 'settlement');
    expect(await w.deliver(body)).toBe(false);
    failing = false;
    expect(await w.deliver(body)).toBe(true);
    expect(w.syncLines()).toMatchObject([{ effect: 'noop_duplicate', status: 'PAID' }]);
    // Delivered once more, the line keeps its first effect.
    expect(await w.deliver(body)).toBe(true);
    expect(w.syncLines()).toHaveLength(1);
    expect(lines.metric('PaymentSettled')).toEqual([1]);
  });
});
