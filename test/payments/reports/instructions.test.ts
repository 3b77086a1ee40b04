/** What the customer needs to pay, compared and counted complete. */
import { describe, expect, it } from 'vitest';
import type { Instructions, Method } from '../../../functions/payments/payment.ts';
import { differences, isComplete, unconfirmed } from '../../../functions/payments/reports/instructions.ts';
import { at } from '../../support/payments.ts';

const va: Instructions = { bank: 'bca', vaNumber: '70000000001', expiresAt: at(86_400) };
const link = (url: string) => [{ name: 'deeplink-redirect', url }];

describe('what a notification shows', () => {
  it.each<[string, Instructions, readonly string[]]>([
    ['the same', va, []],
    ['less', { bank: 'bca' }, []],
    ['nothing', {}, []],
    ['another number', { ...va, vaNumber: '66666666666' }, ['vaNumber']],
    ['the same number at another bank', { ...va, bank: 'bni' }, ['bank']],
    ['another time', { ...va, expiresAt: at(60) }, ['expiresAt']],
    ['another page', { ...va, redirectUrl: 'https://evil.example/' }, ['redirectUrl']],
    ['a field that is undefined', { ...va, qrString: undefined }, []],
  ])('(%s) differs in these fields', (_, shown, fields) => {
    expect(differences(shown, va)).toEqual(fields);
  });

  it('is compared link by link, whatever the order of their parts', () => {
    const stored = { actions: [{ url: 'https://gateway.example/pay', name: 'deeplink-redirect' }] };
    expect(differences({ actions: link('https://gateway.example/pay') }, stored)).toEqual([]);
    expect(differences({ actions: link('https://evil.example/pay') }, stored)).toEqual(['actions']);
    expect(
      differences({ actions: [...link('https://gateway.example/pay'), ...link('https://evil.example')] }, stored),
    ).toEqual(['actions']);
  });

  it('[PAY-11] is unconfirmed where none of the gateway’s answers contains it', () => {
    expect(unconfirmed({ ...va, vaNumber: '66666666666', redirectUrl: 'https://evil.example' }, va, {})).toEqual([
      'vaNumber',
      'redirectUrl',
    ]);
    expect(unconfirmed({ ...va, vaNumber: '70000000042' }, va, { vaNumber: '70000000042' })).toEqual([]);
    expect(unconfirmed(va, {}, {})).toEqual(['bank', 'vaNumber']);
  });

  it('of the time to pay is no fraud', () => {
    expect(unconfirmed({ ...va, expiresAt: at(60) }, va)).toEqual([]);
  });
});

describe('instructions are complete', () => {
  it.each<[Method, Instructions, Instructions]>([
    ['bca_va', { vaNumber: '7' }, { bank: 'bca' }],
    ['bni_va', { vaNumber: '7' }, {}],
    ['bri_va', { vaNumber: '7' }, {}],
    ['cimb_va', { vaNumber: '7' }, {}],
    ['permata_va', { vaNumber: '7' }, { bank: 'permata' }],
    ['mandiri_bill', { billerCode: '70012', billKey: '7' }, { billKey: '7' }],
    ['mandiri_bill', { billerCode: '70012', billKey: '7' }, { billerCode: '70012' }],
    ['qris', { qrString: '0002' }, { expiresAt: at(900) }],
    ['qris', { actions: link('https://gateway.example/qr') }, {}],
    ['gopay', { actions: link('https://gateway.example/pay') }, { qrString: '0002' }],
    ['card', { redirectUrl: 'https://gateway.example/3ds' }, {}],
  ])('for %s with %o, and not with %o', (method, whole, part) => {
    expect([isComplete(method, whole), isComplete(method, part)]).toEqual([true, false]);
  });
});
