// Midtrans's times: Western Indonesian Time (UTC+7, no summer time), written without an offset (midtrans.md §3.1).

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const OFFSET = 7 * HOUR;
const SETTLEMENT_HOUR = 16;

/** An instant (epoch ms) as the gateway writes it: `2026-11-18 14:02:11`. */
export const wib = (instant: number): string => new Date(instant + OFFSET).toISOString().slice(0, 19).replace('T', ' ');

const WRITTEN = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})$/;

/** Reads `2026-11-20 09:15:00 +0700` (the form of custom_expiry); undefined when it is not such a time. */
export const parseOrderTime = (text: string): number | undefined => {
  const parts = WRITTEN.exec(text);
  if (!parts) return undefined;
  const instant = Date.parse(`${parts[1]}T${parts[2]}${parts[3]}:${parts[4]}`);
  return Number.isNaN(instant) ? undefined : instant;
};

/** When cards captured at `instant` settle: the next day at 16:00 WIB (§2.2). */
export const nextSettlement = (instant: number): number =>
  Math.floor((instant + OFFSET) / DAY) * DAY + DAY + SETTLEMENT_HOUR * HOUR - OFFSET;
