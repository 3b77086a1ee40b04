/** How people behave, as shares from 0 to 1: whether they keep to what they said. */
export type Habits = {
  readonly scans: number;
  readonly riderCancels: number;
  readonly driverDeclines: number;
  readonly driverGivesBack: number;
  readonly driverForgetsArgo: number;
  readonly driverDenies: number;
  /** A driver whose phone dies never finishes the trip. */
  readonly driverVanishes: number;
  readonly inCash: number;
  readonly neverPays: number;
  readonly paysTwice: number;
  readonly supportRefunds: number;
  readonly bankReverses: number;
  readonly bankChargesBack: number;
  /** Someone who has seen notifications is about. */
  readonly attacks: number;
};

export const nobody: Habits = {
  scans: 0,
  riderCancels: 0,
  driverDeclines: 0,
  driverGivesBack: 0,
  driverForgetsArgo: 0,
  driverDenies: 0,
  driverVanishes: 0,
  inCash: 0,
  neverPays: 0,
  paysTwice: 0,
  supportRefunds: 0,
  bankReverses: 0,
  bankChargesBack: 0,
  attacks: 0,
};
/** People who keep to what they said. */
export const steady: Habits = { ...nobody, scans: 0.2, driverDeclines: 0.1, inCash: 0.2 };
/** People who change their minds. */
export const fickle: Habits = {
  scans: 0.25,
  riderCancels: 0.2,
  driverDeclines: 0.2,
  driverGivesBack: 0.1,
  driverForgetsArgo: 0.1,
  driverDenies: 0.1,
  driverVanishes: 0.05,
  inCash: 0.2,
  neverPays: 0.1,
  paysTwice: 0.2,
  supportRefunds: 0.2,
  bankReverses: 0.1,
  bankChargesBack: 0.1,
  attacks: 1,
};
