/** A place in the feed: the hour of an entry and its number. Numbers have no gaps, over all hours. */

/** `hour`: `2026-11-21T05`, UTC. */
export type Cursor = { readonly hour: string; readonly sequence: number };

const digits = 12;
const form = /^(\d{4}-\d{2}-\d{2}T\d{2})-(\d{12})$/;

export const hourOf = (at: number): string => new Date(at).toISOString().slice(0, 13);
export const padded = (sequence: number): string => String(sequence).padStart(digits, '0');

/** The id of a server-sent event: `2026-11-21T05-000000000042`. */
export const idOf = ({ hour, sequence }: Cursor): string => `${hour}-${padded(sequence)}`;

/** @returns nothing when the text is not an id of the feed */
export const cursorFrom = (id: string): Cursor | undefined => {
  const [, hour, sequence] = form.exec(id) ?? [];
  return hour && !Number.isNaN(Date.parse(`${hour}:00Z`)) ? { hour, sequence: Number(sequence) } : undefined;
};

const oneHour = 3_600_000;
const startOf = (hour: string): number => Date.parse(`${hour}:00Z`);

/** The hours from one to another, both included. */
export const hoursBetween = (from: string, to: string): readonly string[] =>
  Array.from({ length: Math.max(0, (startOf(to) - startOf(from)) / oneHour + 1) }, (_, i) =>
    hourOf(startOf(from) + i * oneHour),
  );

/** Entries are read for a day, and deleted a day later. */
export const keptHours = 24;
export const oldestKept = (now: number): string => hourOf(now - keptHours * oneHour);
/** Epoch seconds. */
export const expiryOf = (hour: string): number => (startOf(hour) + 2 * keptHours * oneHour) / 1_000;
