/** Grace: a scan passes when the argo proved an order of the car a moment ago. */
import { describe, expect, it } from 'vitest';
import { argoAfter, at, noArgo, orderId, scan } from '../support/ezpay.ts';

/** The argo proved an order then. */
const recent = (minutes: number, more: object = {}) => {
  const proven = { confirmed: true, proven: true, graceFrom: at(minutes) };
  return argoAfter(noArgo, { type: 'record-outcome', ...proven, orderId: orderId(9), at: at(minutes), ...more });
};

describe('a customer scans shortly after another order of the car', () => {
  it('[EZP-3] a successful order less than 2 minutes ago lets it pass; one of 2 minutes does not', () => {
    expect(scan({ mode: 'grace' }, recent(-1.9)).state).toMatchObject({
      status: 'CONFIRMED',
      witness: { by: 'grace', orderId: orderId(9) },
    });
    expect(scan({ mode: 'grace' }, recent(-2)).state).toMatchObject({ status: 'REFUSED' });
    expect(scan({ mode: 'strict' }, recent(-1)).state).toMatchObject({ status: 'REFUSED' });
  });

  it('[EZP-3] an order that grace or the predictor confirmed gives no grace to the next', () => {
    const unproven = recent(-1, { proven: undefined, graceFrom: undefined });
    expect(scan({ mode: 'grace' }, unproven).state).toMatchObject({ status: 'REFUSED' });
    const afterGrace = argoAfter(recent(-1.9), {
      type: 'record-outcome',
      confirmed: true,
      orderId: orderId(8),
      at: at(-0.5),
    });
    expect(scan({ mode: 'grace', scannedAt: at(0) }, afterGrace).state).toMatchObject({
      witness: { by: 'grace', orderId: orderId(9) },
    });
    expect(scan({ mode: 'grace', scannedAt: at(0.2) }, afterGrace).state).toMatchObject({ status: 'REFUSED' });
  });

  it('[EZP-3] of an order proven late grace counts from its scan', () => {
    const late = recent(-1, { graceFrom: at(-60) });
    expect(scan({ mode: 'grace' }, late).state).toMatchObject({ status: 'REFUSED' });
  });
});
