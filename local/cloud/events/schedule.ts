/** The schedule expressions of EventBridge: rate() and cron() with its six fields. */
import { parseCronExpression } from 'cron-schedule';

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** `next`: when it runs next after a moment. */
export type Schedule = { readonly next: (after: Date) => Date };

const refuse = (expression: string): never => {
  throw new Error(`the schedule ${expression} is not known here`);
};

const rate = (expression: string, count: number, unit: string): Schedule => {
  const step = (unitMs[unit.replace(/s$/, '')] ?? refuse(expression)) * count;
  if (step <= 0) refuse(expression);
  return { next: (after) => new Date(after.getTime() + step) };
};

/** `5/10` means from 5 on in steps of 10; the library wants the end of the range. */
const stepped = (field: string, last: number): string =>
  field
    .split(',')
    .map((part) => part.replace(/^(\d+)\/(\d+)$/, `$1-${last}/$2`))
    .join(',');

const weekdays = (field: string): string =>
  stepped(field, 7)
    .split(',')
    .map((part) => {
      const [days = '', step] = part.split('/');
      const shifted = days.replace(/\d/g, (day) => String(Number(day) - 1));
      return step === undefined ? shifted : `${shifted}/${step}`;
    })
    .join(',');

/** AWS counts Sunday as 1 and adds a year; the library counts from 0 and has no year. L, W and # are refused. */
const cron = (expression: string, fields: string): Schedule => {
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = '', ...more] = fields.trim().split(/\s+/);
  const isKnown = year !== '' && more.length === 0 && !/[LW#]/.test(`${day} ${weekday.replace(/[A-Z]{3}/g, '')}`);
  if (!isKnown || (year !== '*' && !/^\d{4}([,-]\d{4})*$/.test(year))) refuse(expression);
  const days = [stepped(day.replace('?', '*'), 31), stepped(month, 12), weekdays(weekday).replace('?', '*')];
  const parsed = parseCronExpression([stepped(minute, 59), stepped(hour, 23), ...days].join(' '));
  const inYear = (value: number): boolean =>
    year === '*' ||
    year.split(',').some((part) => {
      const [from = 0, to = from] = part.split('-').map(Number);
      return value >= from && value <= to;
    });
  // The library reads local time; the schedule is in UTC.
  const shift = (date: Date, sign: 1 | -1): Date => new Date(date.getTime() + sign * date.getTimezoneOffset() * 60_000);
  return {
    next: (after) => {
      let candidate = shift(parsed.getNextDate(shift(after, 1)), -1);
      for (let tries = 0; !inYear(candidate.getUTCFullYear()); tries++) {
        if (tries > 5000) return new Date(8.64e15);
        candidate = shift(parsed.getNextDate(shift(candidate, 1)), -1);
      }
      return candidate;
    },
  };
};

export const parseSchedule = (expression: string): Schedule => {
  const [, count, unit] = /^rate\((\d+) (minutes?|hours?|days?)\)$/.exec(expression) ?? [];
  if (count && unit) return rate(expression, Number(count), unit);
  const [, fields] = /^cron\(([^)]*)\)$/.exec(expression) ?? [];
  return fields ? cron(expression, fields) : refuse(expression);
};

const longestTimerMs = 2 ** 31 - 1;

/** Calls at each of the schedule's times until it is stopped. */
export const startSchedule = ({ next }: Schedule, run: (at: Date) => void): (() => void) => {
  let timer: NodeJS.Timeout;
  const wait = (until: Date): void => {
    const wake = () => {
      if (until.getTime() > Date.now()) return wait(until);
      run(until);
      wait(next(new Date(Math.max(Date.now(), until.getTime()))));
    };
    timer = setTimeout(wake, Math.min(Math.max(until.getTime() - Date.now(), 0), longestTimerMs));
  };
  wait(next(new Date()));
  return () => clearTimeout(timer);
};
