/** Who is about in a run, and what goes wrong. */
import type { Random } from '../support/random.ts';
import { echoes, type FaultPlan, noFaults, type Span, storm, swarm } from './faults.ts';
import { fickle, type Habits, steady } from './people/habits.ts';

export const profiles = ['calm', 'chaos', 'swarm', 'races', 'echoes'] as const;
export type Profile = (typeof profiles)[number];

type Setting = {
  readonly habits: Habits;
  readonly faults: (random: Random, span: Span) => FaultPlan;
  readonly faultHours: number;
};

const hasty: Habits = {
  ...steady,
  tapsTwice: 0.6,
  inStep: 0.8,
  movesPickup: 0.5,
  riderCancels: 0.1,
  driverDeclines: 0.4,
  driverGivesBack: 0.1,
  cashAfterAll: 0.1,
  paysTwice: 0.3,
  paysAgain: 0.1,
  supportRefunds: 0.3,
  bankReverses: 0.1,
  bankChargesBack: 0.1,
};

export const profileOf: Readonly<Record<Profile, Setting>> = {
  /** No faults, people who keep to what they promised. */
  calm: { habits: steady, faults: () => noFaults, faultHours: 10 },
  chaos: { habits: steady, faults: swarm, faultHours: 10 },
  /** Faults, and people who change their minds. */
  swarm: { habits: fickle, faults: swarm, faultHours: 10 },
  /** Everything twice and at the same moment. */
  races: { habits: hasty, faults: storm, faultHours: 4 },
  /** The same, and no answer is ever lost: then nobody gets the same news twice. */
  echoes: { habits: hasty, faults: echoes, faultHours: 4 },
};
