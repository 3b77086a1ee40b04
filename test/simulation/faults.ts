/** What goes wrong in a run, and how often: each seed draws its own mix, so that rare faults meet each other. */
import type { Random } from '../support/random.ts';

/** What can be out of service; people are cut off one call at a time only. */
export const cutOff = ['table', 'queue', 'bus', 'gateway', 'stream'] as const;
export type Service = (typeof cutOff)[number] | 'people';
/** `of`: the function that is cut off from the service; without it everyone is. */
export type Outage = {
  readonly service: Service;
  readonly from: number;
  readonly until: number;
  readonly of?: string;
};

/** Shares are per call of a service, from 0 to 1. */
export type FaultPlan = {
  /** The environment dies before or after the call is carried out. */
  readonly crash: number;
  /** The call is carried out; its answer never arrives. */
  readonly lostAnswer: number;
  /** The service refuses the call, which does nothing. */
  readonly refused: number;
  /** A message or event is delivered twice. */
  readonly duplicate: number;
  /** A message comes once more, up to two weeks after it was done with: a redrive, or a bus that repeats itself. */
  readonly replay: number;
  /** A call takes long, and messages overtake each other. */
  readonly slow: number;
  readonly slowMs: number;
  /** How far a clock may be from the true time. */
  readonly skewMs: number;
  /** Longest age of what an eventually consistent read sees. */
  readonly lagMs: number;
  readonly outages: readonly Outage[];
  /** From then on nothing goes wrong any more. */
  readonly until: number;
};

export type Fault = 'crash-before' | 'crash-after' | 'lost-answer' | 'refused' | 'down';

export const noFaults: FaultPlan = {
  crash: 0,
  lostAnswer: 0,
  refused: 0,
  duplicate: 0,
  replay: 0,
  slow: 0,
  slowMs: 0,
  skewMs: 0,
  lagMs: 0,
  outages: [],
  until: 0,
};

/** When faults happen, and to which functions. */
export type Span = { readonly start: number; readonly until: number; readonly functions: readonly string[] };

const outageLengths = [10_000, 120_000, 3_600_000, 24 * 3_600_000] as const;

/** Half of the faults on average, each as strong as chance has it. */
export const swarm = (random: Random, { start, until, functions }: Span): FaultPlan => {
  const share = (most: number): number => (random.chance(0.5) ? (most * (1 + random.below(1_000))) / 1_000 : 0);
  const outage = (): Outage => {
    const from = start + random.below(Math.max(1, until - start));
    const lengthMs = random.pick(outageLengths);
    const part = random.chance(0.3) ? { of: random.pick(functions) } : {};
    return { service: random.pick(cutOff), from, until: from + lengthMs, ...part };
  };
  return {
    crash: share(0.02),
    lostAnswer: share(0.02),
    refused: share(0.05),
    duplicate: share(0.1),
    replay: share(0.02),
    slow: share(0.1),
    slowMs: random.below(8_000),
    skewMs: random.chance(0.5) ? random.below(2_000) : 0,
    lagMs: random.chance(0.5) ? random.below(3_000) : 0,
    outages: random.chance(0.4) ? Array.from({ length: 1 + random.below(2) }, outage) : [],
    until,
  };
};

/** Everything that makes two things happen at the same moment, twice or in another order; no outages. */
export const storm = (_: Random, { until }: Span): FaultPlan => ({
  ...noFaults,
  crash: 0.01,
  lostAnswer: 0.02,
  refused: 0.01,
  duplicate: 0.2,
  replay: 0.05,
  slow: 0.2,
  slowMs: 5_000,
  skewMs: 500,
  lagMs: 2_000,
  until,
});

/** Environments die, messages come twice, late and in any order; every other call is answered. */
export const echoes = (random: Random, span: Span): FaultPlan => ({
  ...storm(random, span),
  lostAnswer: 0,
  refused: 0,
  // Shorter than a claim of the offer, notice or mail that is being sent.
  slowMs: 500,
});

export const faultsOf = (plan: FaultPlan, random: Random, now: () => number) => {
  const outages = [...plan.outages];
  const met = new Map<string, number>();
  const note = <F extends string>(fault: F): F => {
    met.set(fault, (met.get(fault) ?? 0) + 1);
    return fault;
  };
  const isOn = (share: number): boolean => share > 0 && now() < plan.until && random.chance(share);
  const isDown = (service: Service, from: string): boolean =>
    outages.some(
      (outage) =>
        outage.service === service &&
        now() >= outage.from &&
        now() < outage.until &&
        (outage.of === undefined || from.startsWith(`${outage.of}/`)),
    );
  return {
    plan,
    met,
    /** From now on a service is out for some time. */
    cut: (service: Service, ms: number): void => void outages.push({ service, from: now(), until: now() + ms }),
    /** Whether a service that is not called is out of service. */
    isOut: (service: Service): boolean => {
      const isOut = isDown(service, '');
      if (isOut) note('down');
      return isOut;
    },
    /** What happens to one call. */
    ofCall: (service: Service, from: string): Fault | undefined => {
      if (isDown(service, from)) return note('down');
      if (isOn(plan.refused)) return note('refused');
      if (service !== 'people' && isOn(plan.crash)) return note(random.chance(0.5) ? 'crash-before' : 'crash-after');
      return isOn(plan.lostAnswer) ? note('lost-answer') : undefined;
    },
    /** After how long a connection breaks, if it does before its time. */
    socketLife: (): number | undefined => (isOn(plan.refused * 4) ? random.below(1_800_000) : undefined),
    /** After how long a message comes once more, if it does. */
    replay: (): number | undefined => {
      if (!isOn(plan.replay)) return undefined;
      note('replay');
      return random.below(random.chance(0.5) ? 600_000 : 13 * 24 * 3_600_000);
    },
    copies: (): number => {
      if (!isOn(plan.duplicate)) return 1;
      note('duplicate');
      return 2;
    },
    /** How long a way takes, in milliseconds. */
    delay: (usual: number): number =>
      1 + random.below(usual) + (isOn(plan.slow) ? random.below(Math.max(1, plan.slowMs)) : 0),
    skew: (): number => (plan.skewMs > 0 ? random.below(2 * plan.skewMs + 1) - plan.skewMs : 0),
    lag: (): number => (plan.lagMs > 0 && now() < plan.until ? random.below(plan.lagMs) : 0),
  };
};
export type Faults = ReturnType<typeof faultsOf>;
