/** The metrics of the stack in memory: sums, extremes and distributions in slots of a few seconds, for a few hours. */

export type Dimensions = Readonly<Record<string, string>>;

export type MetricName = { readonly namespace: string; readonly name: string; readonly dimensions: Dimensions };

export type Span = { readonly from: number; readonly to: number };
export type MetricStore = ReturnType<typeof openMetrics>;

type Slot = ReturnType<typeof emptySlot>;
type Series = MetricName & { readonly slots: Map<number, Slot> };

export const slotMs = 5000;
const keptMs = 3 * 3_600_000;

const keyOf = ({ namespace, name, dimensions }: MetricName): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).toSorted()]);

const rounded = (value: number): number => (value === 0 ? 0 : Number(value.toPrecision(3)));

const emptySlot = () => ({
  sum: 0,
  count: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  /** How often each value occurred, to three digits. */
  values: new Map<number, number>(),
});

const merge = (slots: readonly Slot[]): Slot => {
  const whole = emptySlot();
  for (const { sum, count, min, max, values } of slots) {
    whole.sum += sum;
    whole.count += count;
    whole.min = Math.min(whole.min, min);
    whole.max = Math.max(whole.max, max);
    for (const [value, times] of values) whole.values.set(value, (whole.values.get(value) ?? 0) + times);
  }
  return whole;
};

const percentile = ({ values, count }: Slot, percent: number): number => {
  const rank = Math.max(1, Math.ceil((percent / 100) * count));
  let seen = 0;
  for (const [value, times] of [...values].toSorted(([left], [right]) => left - right)) {
    seen += times;
    if (seen >= rank) return value;
  }
  return Number.NaN;
};

const statistics: Readonly<Record<string, (slot: Slot) => number>> = {
  Sum: ({ sum }) => sum,
  SampleCount: ({ count }) => count,
  Average: ({ sum, count }) => sum / count,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
};

/** The function of a statistic's name, `Sum` or `p99` or `p99.9`; undefined for one that is not known here. */
export const statisticOf = (statistic: string): ((slot: Slot) => number) | undefined => {
  const [, percent] = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(statistic) ?? [];
  return percent === undefined ? statistics[statistic] : (slot) => percentile(slot, Number(percent));
};

export const openMetrics = (now: () => number = Date.now) => {
  const all = new Map<string, Series>();

  const slotOf = (series: Series, at: number): Slot => {
    const start = Math.floor(at / slotMs);
    const known = series.slots.get(start);
    if (known) return known;
    const oldest = Math.floor((now() - keptMs) / slotMs);
    for (const old of series.slots.keys()) {
      if (old >= oldest) break;
      series.slots.delete(old);
    }
    const slot = emptySlot();
    series.slots.set(start, slot);
    return slot;
  };

  return {
    record: (metric: MetricName, value: number, at = now()): void => {
      const key = keyOf(metric);
      const series = all.get(key) ?? { ...metric, slots: new Map<number, Slot>() };
      all.set(key, series);
      const slot = slotOf(series, at);
      slot.sum += value;
      slot.count += 1;
      slot.min = Math.min(slot.min, value);
      slot.max = Math.max(slot.max, value);
      const kept = rounded(value);
      slot.values.set(kept, (slot.values.get(kept) ?? 0) + 1);
    },
    /** The statistic over a span of time; undefined when there are no data. */
    read: (metric: MetricName, statistic: string, { from, to }: Span): number | undefined => {
      const series = all.get(keyOf(metric));
      const compute = statisticOf(statistic);
      if (!series || !compute) return undefined;
      const slots: Slot[] = [];
      for (let start = Math.floor(from / slotMs); start * slotMs < to; start++) {
        const slot = series.slots.get(start);
        if (slot) slots.push(slot);
      }
      return slots.length === 0 ? undefined : compute(merge(slots));
    },
    list: (): readonly MetricName[] =>
      [...all.values()].map(({ namespace, name, dimensions }) => ({ namespace, name, dimensions })),
  };
};
