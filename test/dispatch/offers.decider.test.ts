/** Whether an offer is still to be sent when its message arrives. */
import { describe, expect, it } from 'vitest';
import { dispatchKey, reasonToSkip } from '../../functions/dispatch/offers.decider.ts';
import { at, d1, d2, d3, given, rideId } from '../support/dispatch.ts';

const request = { rideId, driverId: d1, sequence: 1, version: 4 };
const decline = { type: 'decline', driverId: d2, reason: 'too far', at: at(3) } as const;

describe('a dispatch request arrives', () => {
  it('[DSP-4] is sent while the offer is pending and the ride has not changed', () => {
    expect(reasonToSkip(request, given({}, [d1, d2]), 4)).toBeUndefined();
  });

  it.each([
    ['[DSP-8] the ride was declined', given({}, [d1, d2], decline)],
    ['the ride was accepted', given({}, [d1, d2], { type: 'accept', driverId: d1, at: at(3) })],
    ['the ride was cancelled', given({}, [d1], { type: 'cancel', by: { role: 'system' }, reason: 'storm', at: at(3) })],
    ['the search is over', given({}, [d1], { type: 'deadline', found: [], at: at(300) })],
  ])('[DSP-4] is skipped when %s', (_, ride) => {
    expect(reasonToSkip(request, ride, 4)).toBe('ride-closed');
  });

  it('[DSP-4] is skipped when it is older than the ride', () => {
    expect(reasonToSkip(request, given({}, [d1]), 5)).toBe('older-version');
  });

  it.each([
    ['the driver declined', { ...request, driverId: d2 }, given({ policy: 'next' }, [d1, d2, d3], decline)],
    ['the offer timed out', request, given({ waveSize: 1 }, [d1, d2], { type: 'deadline', found: [], at: at(30) })],
    ['it was never offered to the driver', { ...request, driverId: d3 }, given({}, [d1, d2])],
    ['the offer has another sequence', { ...request, sequence: 2 }, given({}, [d1, d2])],
    [
      'the driver is named like a method of objects',
      { ...request, driverId: 'constructor' as typeof d1 },
      given({}, [d1, d2]),
    ],
  ])('[DSP-8] is skipped when %s', (_, wanted, ride) => {
    expect(reasonToSkip(wanted, ride, 4)).toBe('offer-over');
  });

  it('[DSP-4] is known by ride, driver and sequence', () => {
    expect(dispatchKey(request)).toBe('dispatch:TNT-20261121-0000042:driver-1:1');
  });
});
