/** An EzPay order and an argo as their apps see them, field by field. */
import { describe, expect, it } from 'vitest';
import type { EzPay } from '../../functions/ezpay/ezpay.ts';
import { argoView, askingView, orderView } from '../../functions/ezpay/ezpay.view.ts';
import {
  argoAfter,
  at,
  car,
  driver,
  noArgo,
  orderId,
  reports,
  scanOf,
  start,
  started,
  stopped,
} from '../support/ezpay.ts';

const asking = { ...scanOf(), status: 'ASKING', askedAt: at(5), cancelAt: at(15) } as const;
const common = {
  orderId: orderId(1),
  car: 'B1234XYZ',
  version: 3,
  paymentMethod: 'gopay',
  mode: 'async',
  scannedAt: '2026-11-20T20:44:00.000Z',
};

describe('the view of an order', () => {
  it('says until when a waiting order waits for the argo', () => {
    expect(orderView({ ...scanOf(), status: 'WAITING', askAt: at(5) }, 3)).toEqual({
      ...common,
      status: 'WAITING',
      legacyState: 1,
      until: '2026-11-20T20:49:00.000Z',
      message: {
        id: 'Kami menunggu laporan argo. Tidak perlu memindai lagi.',
        en: 'We are waiting for the meter’s report. There is no need to scan again.',
      },
    });
  });

  it('says until when the driver may answer', () => {
    expect(orderView(asking, 3)).toEqual({
      ...common,
      status: 'ASKING',
      legacyState: 1,
      until: '2026-11-20T20:59:00.000Z',
      message: {
        id: 'Kami menanyakan perjalanan ini kepada pengemudi.',
        en: 'We are asking the driver about this trip.',
      },
    });
  });

  it('names who confirmed it, and the trip with both ends', () => {
    const trip = { startedAt: at(1), stoppedAt: at(20) };
    const order: EzPay = { ...scanOf(), status: 'CONFIRMED', witness: { by: 'argo' }, at: at(2), trip };
    expect(orderView(order, 3)).toEqual({
      ...common,
      status: 'CONFIRMED',
      legacyState: 2,
      confirmedBy: 'argo',
      endedAt: '2026-11-20T20:46:00.000Z',
      message: { id: 'Perjalanan Anda dikonfirmasi.', en: 'Your trip is confirmed.' },
      trip: { startedAt: '2026-11-20T20:45:00.000Z', stoppedAt: '2026-11-20T21:04:00.000Z' },
    });
  });

  it('leaves out the end of a trip that still runs, and the start of one that was lost', () => {
    const confirmed = { ...scanOf(), status: 'CONFIRMED', witness: { by: 'argo' }, at: at(2) } as const;
    expect(orderView({ ...confirmed, trip: { startedAt: at(1) } }, 3).trip).toEqual({
      startedAt: '2026-11-20T20:45:00.000Z',
    });
    expect(orderView({ ...confirmed, trip: { since: start, stoppedAt: at(20) } }, 3).trip).toEqual({
      stoppedAt: '2026-11-20T21:04:00.000Z',
    });
    expect(orderView(confirmed, 3)).not.toHaveProperty('trip');
  });

  it('gives the reason of a failure and what to do next', () => {
    const refused: EzPay = { ...scanOf(), status: 'REFUSED', reason: 'ARGO_NOT_STARTED', at: start };
    expect(orderView(refused, 3)).toEqual({
      ...common,
      status: 'REFUSED',
      legacyState: -2,
      reason: 'ARGO_NOT_STARTED',
      endedAt: '2026-11-20T20:44:00.000Z',
      message: { id: 'Argo belum aktif.', en: 'The meter is not active yet.' },
      actions: [
        { id: 'Minta pengemudi menyalakan argo.', en: 'Ask the driver to start the meter.' },
        { id: 'Tunggu sebentar, lalu coba lagi.', en: 'Wait a moment and try again.' },
        {
          id: 'Jika masih gagal, hubungi layanan pelanggan.',
          en: 'If the problem continues, contact customer support.',
        },
      ],
    });
  });

  it('says of a cancelled order whether its trip was real after all', () => {
    const cancelled = { ...scanOf(), status: 'CANCELLED', reason: 'DRIVER_DENIED', at: at(15) } as const;
    const seen = orderView({ ...cancelled, trip: { startedAt: at(1) } }, 3);
    expect(seen).toMatchObject({ status: 'CANCELLED', reason: 'DRIVER_DENIED', endedAt: '2026-11-20T20:59:00.000Z' });
    expect(seen.wronglyFailed).toBe(true);
    expect(orderView(cancelled, 3)).not.toHaveProperty('wronglyFailed');
  });

  it('asks the driver whether the passenger is on board', () => {
    expect(askingView(asking, 4)).toEqual({
      orderId: orderId(1),
      version: 4,
      askedAt: '2026-11-20T20:49:00.000Z',
      answerUntil: '2026-11-20T20:59:00.000Z',
      message: {
        id: 'Penumpang memindai kode di mobil Anda. Apakah ia sedang menumpang?',
        en: 'A passenger scanned the code in your car. Are they on board?',
      },
    });
  });
});

describe('the view of an argo', () => {
  it('of a car of which nothing is known has its number alone', () => {
    expect(argoView(noArgo, 0)).toEqual({ car, argo: 'UNKNOWN', version: 0 });
  });

  it('has its state, its last report, its position and its driver', () => {
    const known = argoAfter(
      reports(started(0, { sequence: 1 }), stopped(20, { sequence: 2, receivedAt: at(21) })),
      { type: 'ping', position: { lat: -6.2, lng: 106.8 }, seenAt: at(22), at: at(22) },
      { type: 'drive', driverId: driver, drives: true, at: at(-120) },
    );
    expect(argoView(known, 5)).toEqual({
      car,
      argo: 'STOPPED',
      since: '2026-11-20T21:04:00.000Z',
      version: 5,
      lastReport: {
        kind: 'STOPPED',
        deviceTime: '2026-11-20T21:04:00.000Z',
        receivedAt: '2026-11-20T21:05:00.000Z',
      },
      position: { lat: -6.2, lng: 106.8, at: '2026-11-20T21:06:00.000Z', moving: false },
      driverId: driver,
    });
  });

  it('names the doubt about the last report', () => {
    expect(argoView(reports(started(5, { sequence: 1, receivedAt: start })), 1).lastReport).toMatchObject({
      doubt: 'future',
    });
  });
});
