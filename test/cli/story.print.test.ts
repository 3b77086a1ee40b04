/** The texts of a story: every event has words, and nothing that others wrote steers the terminal. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { printStory } from '../../bin/cli/story.print.ts';
import type { StoryLine } from '../../functions/ops/story.store.ts';

const root = join(import.meta.dirname, '../..');
const samples = globSync('events/samples/*.json', { cwd: root }).map(
  (file) => [basename(file, '.json'), file] as const,
);
const print = (...lines: readonly Omit<StoryLine, 'at'>[]): string =>
  printStory(
    'TNT-20261121-0000042',
    lines.map((line) => ({ at: '2026-11-21T04:24:41.700Z', ...line }) as StoryLine),
  );

describe('a story', () => {
  it.each(samples)('has words for %s', (type, file) => {
    const printed = print({ ...JSON.parse(readFileSync(join(root, file), 'utf8')), kind: 'event' });
    expect(printed).not.toContain(type);
    expect(printed).not.toMatch(/undefined|\[object|NaN/);
  });

  it('has words for events without their optional fields', () => {
    const event = { kind: 'event', version: 2, driverId: 'd1', riderId: 'r1' } as const;
    const pickup = { lat: 1, lng: 2 };
    const printed = print(
      { ...event, type: 'ride.requested', serviceLine: 'BB', policy: 'close', pickup, offered: [] },
      { ...event, type: 'ride.cancelled', by: 'rider', reason: 'late', driverId: undefined, withdrawn: [] },
      { ...event, type: 'order.opened', driverId: undefined },
      { ...event, type: 'order.finished', driverId: undefined, fare: 60_000 },
      { ...event, type: 'chargeback.held', paymentRef: 'p' },
    );
    expect(printed).not.toMatch(/undefined|\[object|NaN/);
    expect(printed).toContain('at 1, 2; a decline means close; no driver is near');
    expect(printed).toContain('cancels (late)\n');
    expect(printed).toContain('finished: Rp 60.000; its driver is not known');
  });

  it.each<[string, Omit<StoryLine, 'at'>, string]>([
    ['an offer', { kind: 'dispatch', driverId: 'd1', sequence: 2 }, 'to driver d1  offer 2, not sent yet'],
    [
      'an offer that did not reach its driver',
      { kind: 'dispatch', driverId: 'd1', sequence: 1, sentAt: 'now', channel: 'none' },
      'to driver d1  offer 1, not reachable',
    ],
    [
      'a notice',
      { kind: 'notice', to: 'rider-1', type: 'RIDE_ACCEPTED', sentAt: 'now', channel: 'websocket' },
      'to rider-1  RIDE_ACCEPTED, by websocket',
    ],
    ['a receipt', { kind: 'receipt', sentAt: '2026-11-21T04:24:42.700Z', channel: 'mail' }, 'receipt by mail  by mail'],
    [
      'a receipt that was not sent',
      { kind: 'receipt', skippedAt: '2026-11-21T04:24:42.700Z', reason: 'no address' },
      'receipt by mail  not sent: no address',
    ],
    ['an event without a phrase', { kind: 'event', type: 'driver.on-duty' }, 'event  A driver went on duty.'],
    ['an event of a later version', { kind: 'event', type: 'order.teleported' }, 'event  order.teleported'],
  ])('shows %s', (_, line, expected) => {
    expect(print(line)).toContain(expected);
  });

  it('[EZP-9] shows why a scan was confirmed or failed, and what the argo reported later', () => {
    const line = {
      kind: 'event' as const,
      version: 1,
      car: 'BB1234',
      riderId: 'c1',
      mode: 'async',
    };
    const printed = print(
      {
        ...line,
        type: 'ezpay.confirmed',
        by: 'grace',
        recentOrderId: 'TNT-20261121-0000041',
        waitedMs: 0,
        paymentMethod: 'qris',
      },
      { ...line, type: 'ezpay.cancelled', reason: 'ARGO_NOT_STARTED' },
      { ...line, type: 'ezpay.wrongly-failed', startedAt: '2026-11-20T20:43:00.000Z' },
      { ...line, type: 'ezpay.trip-ended', stoppedAt: '2026-11-20T21:12:30.000Z' },
    );
    expect(printed).toContain(
      'by c1, mode async: confirmed after 0 s, grace: order TNT-20261121-0000041 in the same car had just succeeded',
    );
    expect(printed).toContain('cancelled, ARGO_NOT_STARTED: nothing showed that the argo ran');
    expect(printed).toContain('it ran from 20:43:00 on: the trip was real, the scan failed wrongly');
    expect(printed).toContain('the trip: from a start that never came to 21:12:30');
  });

  it('[GNT-6] shows control characters that others wrote as question marks', () => {
    const body = JSON.stringify({ transaction_status: `paid\u001b[2J\u0007\r\n\u202e${'x'.repeat(300)}` });
    const printed = print(
      { kind: 'webhook', body, verified: true, effect: 'noop_duplicate', attempt: 1, tookMs: 12 },
      {
        kind: 'event',
        type: 'payment.held',
        paymentRef: 'TNT-20261121-0000042-1795232640',
        what: 'merchant',
        said: '\u009b31mG1',
        expected: 'G2',
      },
    );
    expect(printed.split('\n')).toHaveLength(3);
    expect(printed).toContain('"paid?[2J????xxxx');
    expect(printed).toContain('held: merchant is ?31mG1, not G2');
    expect(printed.length).toBeLessThan(400);
  });

  it('[PAY-9] shows of a chargeback without an amount what its notification claims', () => {
    const line = {
      kind: 'event' as const,
      type: 'chargeback.held',
      paymentRef: 'TNT-20261121-0000042-1795232640',
    };
    const printed = print({ ...line, claimed: 30_000 }, line);
    expect(printed).toContain(
      'held: the card issuer took a part back, by its notification Rp 30.000; the gateway does not report the amount',
    );
    expect(printed).toContain('held: the card issuer took a part back; the gateway does not report the amount');
  });

  it('[PAY-6] shows the outcome of each notification of the gateway', () => {
    const line = {
      kind: 'webhook' as const,
      body: '{"transaction_status":"settlement"}',
      verified: true,
    };
    const printed = print(
      { ...line, effect: 'mark_paid', attempt: 2, tookMs: 90 },
      { ...line, effect: 'noop_duplicate', why: 'duplicate', verified: false, attempt: 1, tookMs: 12 },
      { ...line, body: 'no JSON', why: 'its payment is not there yet', verified: false, attempt: 1, tookMs: 8 },
    );
    expect(printed).toContain('"settlement": mark_paid, verified, attempt 2, 90 ms');
    expect(printed).toContain('"settlement": noop_duplicate (duplicate), attempt 1, 12 ms');
    expect(printed).toContain('"unreadable": its payment is not there yet, attempt 1, 8 ms');
  });
});
