/** The pickup point never moves back, and every accepted update is kept. */
import { describe, expect, it } from 'vitest';
import { eventually, person, rideBody, storyOf } from './support/stack.ts';

describe('when the rider moves the pickup', () => {
  it('[DSP-5] an update that is not newer is ignored and changes nothing', async () => {
    const rider = await person('rider');
    const { body: ride } = await rider.call('POST', '/rides', rideBody([{ sub: 'driver-x' }]));
    const move = (lat: number, sequence: number) =>
      rider.call('PATCH', `/rides/${ride.rideId}/pickup`, { lat, lng: 106.83, sequence });

    expect((await move(-6.2000004, 5)).body).toEqual({ success: true, ignored: false, version: 2 });
    expect((await move(-6.3, 5)).body).toEqual({ success: true, ignored: true });
    expect((await move(-6.4, 4)).body).toEqual({ success: true, ignored: true });
    const { body: after } = await rider.call('GET', `/rides/${ride.rideId}`);
    expect(after).toMatchObject({ version: 2, pickup: { lat: -6.2, lng: 106.83, sequence: 5 } });
  });

  it('[DSP-5] updates in any order leave the newest, and each accepted one is in the audit log', async () => {
    const rider = await person('rider');
    const { body: ride } = await rider.call('POST', '/rides', rideBody([{ sub: 'driver-x' }]));
    const sequences = [3, 1, 5, 2, 4, 5, 3];
    const answers = await Promise.all(
      sequences.map((sequence) =>
        rider.call('PATCH', `/rides/${ride.rideId}/pickup`, {
          lat: -6 - sequence / 1e6,
          lng: 106.8,
          address: `gate ${sequence}`,
          sequence,
        }),
      ),
    );
    const accepted = answers.filter(({ body }) => body.ignored === false).length;

    const { body: after } = await rider.call('GET', `/rides/${ride.rideId}`);
    expect(after.pickup).toMatchObject({ lat: -6.000005, sequence: 5, address: 'gate 5' });
    const moves = async () => (await storyOf(ride.rideId)).filter(({ type }) => type === 'ride.pickup-updated');
    await eventually(async () => (await moves()).length === accepted);
    const kept = (await moves()).map(({ pickup }) => pickup.sequence as number);
    expect(kept).toEqual([...kept].sort((a, b) => a - b));
    expect(kept.at(-1)).toBe(5);
  });
});
