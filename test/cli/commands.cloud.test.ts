/** `tuntas story`, `flags` and `ezpay` on tables and queues that run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declinedRide } from './declined-ride.ts';
import { type Stack, startStack } from './stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

describe('tuntas story', () => {
  it('prints when, who and what', async () => {
    const { rideId } = await declinedRide(stack);
    const { code, printed } = await stack.tuntas('story', rideId);
    const [title, ...lines] = printed.split('\n');
    expect([code, title]).toEqual([0, `${rideId}, times in UTC`]);
    expect(lines.map((line) => line.slice(25))).toEqual([
      '+0.000 s  v1  rider rider-1  requests a BB taxi at -6.1767, 106.8306; a decline means close; offered to d1, d2',
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

  it('takes the options of the target before or after the word', async () => {
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

  it('[EZP-9] counts what is stored, and names those who failed repeatedly', async () => {
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
