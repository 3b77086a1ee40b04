/** The steps of a fleet on the clock of a replay: the model's times divided by a scale. Pure. */
import { type Instant, instant } from '../../functions/kernel/types.ts';
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

const hour = 3_600_000;
/** A device time within a day of 1970 is of a clock that was never set: it counts from its power-on. */
const unset = 24 * hour;

/** @returns the steps in their order */
export const scheduleOf = (options: ScheduleOptions): readonly Step[] => {
  const { from, hours, scale, begins } = options;
  const replayed = (at: number): number => Math.round(begins + (at - from) / scale);
  const publish = (delivery: Delivery): Step => {
    const time = delivery.message.deviceTime;
    const message = { ...delivery.message, deviceTime: time < unset ? time : replayed(time) };
    return { at: replayed(delivery.arrivesAt), does: 'publish', delivery: { ...delivery, message } };
  };
  const scanning = (scan: Scanned): Step => {
    const answerAfterMs = Math.round((scan.answer?.afterMs ?? 0) / scale);
    return { at: replayed(scan.at), does: 'scan', scan, answerAfterMs };
  };
  const { cars, lifeOf } = fleet(options);
  const steps = cars.flatMap((car): readonly Step[] => {
    const life = lifeOf(car);
    const shifts = life.shifts.flatMap((shift): readonly Step[] => [
      { at: replayed(shift.from), does: 'drive', shift, car: car.car },
      { at: replayed(shift.to), does: 'leave', shift, car: car.car },
    ]);
    return [...deliveriesOf(life, options).map(publish), ...shifts, ...life.scans.map(scanning)];
  });
  const until = replayed(from + hours * hour);
  return steps.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
};

type Pace = Pick<ScheduleOptions, 'from' | 'scale' | 'begins'>;
export const modelTimeOf = ({ from, scale, begins }: Pace, at: number): Instant =>
  instant(Math.round(from + (at - begins) * scale));
