/** What a fleet does, laid out on the clock of a replay. Pure: the times of the model, squeezed by a scale, from a moment on. */
import { instant } from '../../functions/kernel/types.ts';
import { type Delivery, deliveriesOf } from './device.ts';
import { type FleetOptions, fleet, type Scanned, type Shift } from './fleet.ts';
import type { ProfileName } from './profiles.ts';

export type ScheduleOptions = FleetOptions & {
  readonly profile: ProfileName;
  /** Model time in a moment of the replay: 60 plays an hour in a minute. */
  readonly scale: number;
  /** When the replay begins, epoch ms. */
  readonly begins: number;
};
/** `at`: epoch ms of the replay. */
export type Step =
  | { readonly at: number; readonly does: 'publish'; readonly delivery: Delivery }
  | { readonly at: number; readonly does: 'drive' | 'leave'; readonly shift: Shift; readonly car: string }
  | { readonly at: number; readonly does: 'scan'; readonly scan: Scanned; readonly answerAfterMs: number };

/** Before that no clock was set: it counts from its power-on. */
const unset = 24 * 3_600_000;

/** @returns the steps in their order */
export const scheduleOf = (options: ScheduleOptions): readonly Step[] => {
  const { from, hours, scale, begins } = options;
  const until = from + hours * 3_600_000;
  const replayed = (at: number): number => Math.round(begins + (at - from) / scale);
  const { cars, lifeOf } = fleet(options);
  const steps = cars.flatMap((car): readonly Step[] => {
    const life = lifeOf(car);
    return [
      ...deliveriesOf(life, options).map((delivery): Step => {
        const { deviceTime } = delivery.message;
        const message = { ...delivery.message, deviceTime: deviceTime < unset ? deviceTime : replayed(deviceTime) };
        return { at: replayed(delivery.arrivesAt), does: 'publish', delivery: { ...delivery, message } };
      }),
      ...life.shifts.flatMap((shift): readonly Step[] => [
        { at: replayed(shift.from), does: 'drive', shift, car: car.car },
        { at: replayed(shift.to), does: 'leave', shift, car: car.car },
      ]),
      ...life.scans.map(
        (scan): Step => ({
          at: replayed(scan.at),
          does: 'scan',
          scan,
          answerAfterMs: Math.round((scan.answer?.afterMs ?? 0) / scale),
        }),
      ),
    ];
  });
  return steps.filter(({ at }) => at <= replayed(until)).toSorted((a, b) => a.at - b.at);
};

export const modelTimeOf = ({ from, scale, begins }: Pick<ScheduleOptions, 'from' | 'scale' | 'begins'>, at: number) =>
  instant(Math.round(from + (at - begins) * scale));
