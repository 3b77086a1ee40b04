/** Whether an order to dispatch still holds when its turn comes. */
import { describe, expect, it } from 'vitest';
import { dispatchKey, judge } from '../../functions/dispatch/offers.decider.ts';
import { at, d1, d2, d3, given, rideId } from '../support/dispatch.ts';

const order = { rideId, driverId: d1, sequence: 1, version: 4 };
const decline = { type: 'decline', driverId: d2, reason: 'too far', at: at(3) } as const;

describe('an order to dispatch comes up', () => {
  it('[DSP-4] is sent while the offer is pending and the ride has not changed', () => {
    expect(judge(order, given({}, [d1, d2]), 4)).toEqual({ outcome: 'send' });
  });

  it.each([
    ['[DSP-8] the ride was declined', given({}, [d1, d2], decline)],
    ['the ride was accepted', given({}, [d1, d2], { type: 'accept', driverId: d1, at: at(3) })],
    ['the ride was cancelled', given({}, [d1], { type: 'cancel', by: { role: 'system' }, reason: 'storm', at: at(3) })],
    ['the search is over', given({}, [d1], { type: 'deadline', found: [], at: at(300) })],
  ])('[DSP-4] is skipped when %s', (_, ride) => {
    expect(judge(order, ride, 4)).toEqual({ outcome: 'skip', why: 'ride-closed' });
  });

  it('[DSP-4] is skipped when it is older than the ride', () => {
    expect(judge(order, given({}, [d1]), 5)).toEqual({ outcome: 'skip', why: 'older-version' });
  });

  it.each([
    ['he declined', { ...order, driverId: d2 }, given({ policy: 'next' }, [d1, d2, d3], decline)],
    ['his offer timed out', order, given({ waveSize: 1 }, [d1, d2], { type: 'deadline', found: [], at: at(30) })],
    ['he was never asked', { ...order, driverId: d3 }, given({}, [d1, d2])],
    ['the offer has another sequence', { ...order, sequence: 2 }, given({}, [d1, d2])],
    ['he is named like a method of objects', { ...order, driverId: 'constructor' as typeof d1 }, given({}, [d1, d2])],
  ])('[DSP-8] is skipped when %s', (_, wanted, ride) => {
    expect(judge(wanted, ride, 4)).toEqual({ outcome: 'skip', why: 'offer-over' });
  });

  it('[DSP-4] is known by ride, driver and sequence', () => {
    expect(dispatchKey(order)).toBe('dispatch:TNT-20261121-0000042:driver-1:1');
  });
});
