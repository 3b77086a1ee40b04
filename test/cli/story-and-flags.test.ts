import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printStory } from '../../bin/cli/story.print.ts';
import { declinedRide, type Stack, startStack } from './stack.ts';

const root = join(import.meta.dirname, '../..');
const samples = globSync('events/samples/{order,payment,refund,chargeback,ezpay}.*.json', { cwd: root }).map(
  (file) => [basename(file, '.json'), file] as const,
);

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

describe('tuntas story', () => {
  it('tells when, who and what', async () => {
    const { rideId } = await declinedRide(stack);
    const { code, printed } = await stack.tuntas('story', rideId);
    const [title, ...lines] = printed.split('\n');
    expect([code, title]).toEqual([0, `${rideId}, times in UTC`]);
    expect(lines.map((line) => line.slice(25))).toEqual([
      '+0.000 s  v1  rider rider-1  asks for a BB taxi at -6.1767, 106.8306; a decline means close; offered to d1, d2',
      '+0.050 s  v1  to driver d1   offer 1, by websocket',
      '+0.060 s  v1  to driver d2   offer 2, by websocket',
      '+4.000 s  v2  driver d1      declines (too far), which ends the ride; withdrawn from d2',
      '+4.020 s  v2  to rider-1     RIDE_DECLINED, not sent yet',
    ]);
  });

  it('gives the lines to programs', async () => {
    const { rideId } = await declinedRide(stack);
    const { printed } = await stack.tuntas('story', rideId, '--json');
    expect(JSON.parse(printed)).toMatchObject({ orderId: rideId, lines: [{ type: 'ride.requested' }, {}, {}, {}, {}] });
  });

  it('of an unknown order is exit code 2', async () => {
    expect(await stack.tuntas('story', 'TNT-20261121-ZZZZZZZ')).toMatchObject({
      code: 2,
      complained: expect.stringContaining('there is no order'),
    });
  });

  it('has words for every event of a ride', () => {
    const source = readFileSync(join(import.meta.dirname, '../../events/ride.ts'), 'utf8');
    const types = [...source.matchAll(/envelope\('(ride\.[a-z-]+)'\)/g)].map(([, type]) => type as string);
    expect(types.length).toBeGreaterThanOrEqual(9);
    for (const type of types) {
      const line = {
        kind: 'event',
        type,
        version: 2,
        at: '2026-11-21T03:44:00.000Z',
        driverId: 'd1',
        riderId: 'r1',
        by: 'rider',
        reason: 'why',
        pickup: { lat: 1, lng: 2 },
      };
      expect(printStory('TNT-20261121-0000001', [line])).not.toContain(type);
      expect(printStory('TNT-20261121-0000001', [line])).not.toMatch(/undefined|\[object/);
    }
  });

  it.each(samples)('has words for %s', (type, file) => {
    const sample = JSON.parse(readFileSync(join(root, file), 'utf8'));
    const printed = printStory('TNT-20261121-0000042', [{ ...sample, kind: 'event' }]);
    expect(printed).not.toContain(type);
    expect(printed).not.toMatch(/undefined|\[object|NaN/);
  });

  it('[EZP-9] says why a scan was confirmed or failed, and what the argo said later', () => {
    const line = {
      kind: 'event',
      version: 1,
      at: '2026-11-20T20:44:00.000Z',
      car: 'BB1234',
      riderId: 'c1',
      mode: 'async',
    };
    const printed = printStory('TNT-20261121-0000042', [
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
    ]);
    expect(printed).toContain(
      'by c1, mode async: confirmed after 0 s, grace: order TNT-20261121-0000041 in the same car had just succeeded',
    );
    expect(printed).toContain('cancelled, ARGO_NOT_STARTED: nothing showed that the argo ran');
    expect(printed).toContain('it ran from 20:43:00 on: the trip was real, the scan failed wrongly');
    expect(printed).toContain('the trip: from a start that never came to 21:12:30');
  });

  it('[GNT-6] lets nobody who writes in it steer the terminal of who reads it', () => {
    const at = '2026-11-21T04:24:41.700Z';
    const body = JSON.stringify({ transaction_status: `paid\u001b[2J\u0007\r\n\u202e${'x'.repeat(300)}` });
    const printed = printStory('TNT-20261121-0000042', [
      { kind: 'webhook', at, body, verified: true, effect: 'noop_duplicate', attempt: 1, tookMs: 12 },
      {
        kind: 'event',
        at,
        type: 'payment.held',
        paymentRef: 'TNT-20261121-0000042-1795232640',
        what: 'merchant',
        said: '\u009b31mG1',
        expected: 'G2',
      },
    ]);
    expect(printed.split('\n')).toHaveLength(3);
    expect(printed).toContain('"paid?[2J????xxxx');
    expect(printed).toContain('held: merchant is ?31mG1, not G2');
    expect(printed.length).toBeLessThan(400);
  });

  it('[PAY-9] says of a chargeback without an amount what its notification claims', () => {
    const line = {
      kind: 'event',
      at: '2026-11-21T04:24:41.700Z',
      type: 'chargeback.held',
      paymentRef: 'TNT-20261121-0000042-1795232640',
    };
    const printed = printStory('TNT-20261121-0000042', [{ ...line, claimed: 30_000 }, line]);
    expect(printed).toContain(
      'held: the card issuer took a part back, by its notification Rp 30.000; the gateway does not say how much',
    );
    expect(printed).toContain('held: the card issuer took a part back; the gateway does not say how much');
  });

  it('[PAY-6] says of each notification of the gateway what became of it', () => {
    const line = {
      kind: 'webhook',
      at: '2026-11-21T04:24:41.700Z',
      body: '{"transaction_status":"settlement"}',
      verified: true,
    };
    const printed = printStory('TNT-20261121-0000042', [
      { ...line, effect: 'mark_paid', attempt: 2, tookMs: 90 },
      { ...line, effect: 'noop_duplicate', why: 'duplicate', verified: false, attempt: 1, tookMs: 12 },
      { ...line, body: 'no JSON', why: 'its payment is not there yet', verified: false, attempt: 1, tookMs: 8 },
    ]);
    expect(printed).toContain('"settlement": mark_paid, after asking it, look 2, 90 ms');
    expect(printed).toContain('"settlement": noop_duplicate (duplicate), look 1, 12 ms');
    expect(printed).toContain('"something": its payment is not there yet, look 1, 8 ms');
  });
});

describe('tuntas flags', () => {
  it('shows, holds and releases', async () => {
    const percent = JSON.parse(readFileSync(join(import.meta.dirname, '../../local/flags.json'), 'utf8'))[
      'idempotent-dispatch'
    ].percent;
    expect((await stack.tuntas('flags')).printed).toMatch(
      new RegExp(`idempotent-dispatch +${percent} % +for ${percent} % of rides`),
    );
    expect(await stack.tuntas('flags', 'hold', 'idempotent-dispatch', '--reason', 'duplicates seen')).toMatchObject({
      code: 0,
    });
    expect((await stack.tuntas('flags')).printed).toMatch(/no: held since \d{4}-.*Z \(duplicates seen\)/);
    expect(JSON.parse((await stack.tuntas('flags', '--json')).printed)).toContainEqual({
      flag: 'idempotent-dispatch',
      percent,
      held: true,
      reason: 'duplicates seen',
      since: expect.any(String),
    });
    expect(await stack.tuntas('flags', 'release', 'idempotent-dispatch')).toMatchObject({ code: 0 });
    expect((await stack.tuntas('flags')).printed).not.toContain('held');
  });

  it('[EZP-5] [OPS-1] shows the modes of EzPay, and puts every scan on one of them', async () => {
    expect((await stack.tuntas('flags')).printed).toMatch(/ezpay-mode +async 100 %, grace 0 %, strict 0 % +by share/);
    expect(await stack.tuntas('flags', 'hold', 'ezpay-mode', '--value', 'strict', '--reason', 'drill')).toMatchObject({
      code: 0,
      printed: expect.stringContaining('every new order has strict'),
    });
    expect((await stack.tuntas('flags')).printed).toMatch(/strict for all: held since \d{4}-.*Z \(drill\)/);
    await stack.tuntas('flags', 'release', 'ezpay-mode');
    expect((await stack.tuntas('flags')).printed).not.toContain('held');
  });

  it('takes the place from before or after the word', async () => {
    const { code } = await stack.tuntas(
      'flags',
      '--ready-file',
      stack.readyFile,
      'hold',
      'idempotent-dispatch',
      '--reason',
      'x',
    );
    expect(code).toBe(0);
    expect(JSON.parse((await stack.tuntas('flags', '--json')).printed)).toContainEqual(
      expect.objectContaining({ held: true }),
    );
    await stack.tuntas('flags', 'release', 'idempotent-dispatch');
  });

  it.each([
    [['hold', 'no-such-flag', '--reason', 'x'], 'there is no flag "no-such-flag", only idempotent-dispatch'],
    [['release', 'no-such-flag'], 'there is no flag'],
    [
      ['hold', 'ezpay-mode', '--reason', 'x'],
      '"ezpay-mode" is held at one of its values: --value async, --value grace, --value strict',
    ],
    [['hold', 'ezpay-mode', '--value', 'kind', '--reason', 'x'], 'is held at one of its values'],
    [['hold', 'idempotent-dispatch', '--value', 'off', '--reason', 'x'], '"idempotent-dispatch" has no values'],
    [['hold', 'idempotent-dispatch'], "required option '--reason"],
    [['drop'], 'too many arguments'],
  ])('refuses %j with exit code 2', async (argv, words) => {
    expect(await stack.tuntas('flags', ...argv)).toMatchObject({ code: 2, complained: expect.stringContaining(words) });
  });
});

describe('tuntas ezpay', () => {
  const event = (orderId: string, type: string, version: number, more: object) =>
    stack.put('story', {
      pk: `ORDER#${orderId}`,
      sk: `EVENT#ezpay#00000${version}`,
      kind: 'event',
      type: `ezpay.${type}`,
      version,
      at: new Date().toISOString(),
      orderId,
      riderId: 'rider-7',
      car: 'BB7',
      scannedAt: new Date().toISOString(),
      ...more,
    });

  it('[EZP-9] counts what is stored, and names who failed again and again', async () => {
    await event('TNT-20261121-0000071', 'refused', 1, { reason: 'ARGO_NOT_STARTED' });
    await event('TNT-20261121-0000072', 'waiting', 1, {});
    await event('TNT-20261121-0000072', 'cancelled', 2, { reason: 'ARGO_NOT_STARTED' });
    await event('TNT-20261121-0000073', 'confirmed', 1, { by: 'argo' });
    await event('TNT-20261121-0000074', 'refused', 1, { reason: 'ARGO_NOT_STARTED', at: '2026-01-01T00:00:00.000Z' });
    const { code, printed } = await stack.tuntas('ezpay', '--since', '1h');
    expect(code).toBe(0);
    expect(printed).toMatch(/confirmed +1 {2}\(argo 1\)/);
    expect(printed).toMatch(/failed +2 {2}\(ARGO_NOT_STARTED 2\)/);
    expect(printed).toMatch(/success rate +33\.3 %/);
    expect(printed).toMatch(/rider-7 +3 +2 +ARGO_NOT_STARTED/);
    expect(printed).toMatch(/BB7 +3 +2 +ARGO_NOT_STARTED/);
    expect(JSON.parse((await stack.tuntas('ezpay', '--json')).printed)).toMatchObject({
      scans: 3,
      customers: [{ id: 'rider-7' }],
    });
  });

  it.each([
    [['--since', 'yesterday'], 'It must be a number with s, m, h or d'],
    [['--rate', '0'], 'It must be a positive number'],
  ])('refuses %j with exit code 2', async (argv, words) => {
    expect(await stack.tuntas('ezpay', ...argv)).toMatchObject({ code: 2, complained: expect.stringContaining(words) });
  });
});
