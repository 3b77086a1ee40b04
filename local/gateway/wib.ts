/** Midtrans's times: Western Indonesian Time (UTC+7, no summer time), written without an offset (midtrans.md §3.1). */

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

const offset = 7 * hour;
const settlementHour = 16;

/** An instant (epoch ms) as the gateway writes it: `2026-11-18 14:02:11`. */
export const wib = (instant: number): string => new Date(instant + offset).toISOString().slice(0, 19).replace('T', ' ');

const written = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})$/;

/** Reads `2026-11-20 09:15:00 +0700` (the form of custom_expiry); undefined when it is not such a time. */
export const parseOrderTime = (text: string): number | undefined => {
  const [whole, date, time, hours, minutes] = written.exec(text) ?? [];
  const instant = Date.parse(`${date}T${time}${hours}:${minutes}`);
  return whole === undefined || Number.isNaN(instant) ? undefined : instant;
};

/** When cards captured at `instant` settle: the next day at 16:00 WIB (§2.2). */
export const nextSettlement = (instant: number): number =>
  Math.floor((instant + offset) / day) * day + day + settlementHour * hour - offset;
