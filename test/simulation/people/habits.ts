/** How people behave, as shares from 0 to 1: whether they keep to what they promised. */
export type Habits = {
  /** A call is sent twice at the same moment. */
  readonly tapsTwice: number;
  /** Everyone acts on the same beat. */
  readonly inStep: number;
  readonly movesPickup: number;
  readonly scans: number;
  /** A rental car, charged before the trip. */
  readonly rents: number;
  readonly riderCancels: number;
  readonly driverDeclines: number;
  readonly driverGivesBack: number;
  /** After the pick-up. */
  readonly driverEndsEarly: number;
  readonly driverForgetsArgo: number;
  readonly driverDenies: number;
  /** A driver whose phone dies never finishes the trip. */
  readonly driverVanishes: number;
  /** The argo is stopped, the trip never finished. */
  readonly driverForgetsFinish: number;
  readonly inCash: number;
  /** In cash after all, while a payment waits. */
  readonly cashAfterAll: number;
  readonly neverPays: number;
  readonly paysTwice: number;
  /** Under the same order id at the gateway. */
  readonly paysAgain: number;
  readonly supportRefunds: number;
  readonly supportVoids: number;
  readonly dashboardRefunds: number;
  readonly bankReverses: number;
  readonly bankChargesBack: number;
  /** Of the disputes. */
  readonly disputesWon: number;
  /** Someone who has seen notifications is about. */
  readonly attacks: number;
};

export const nobody: Habits = {
  tapsTwice: 0,
  inStep: 0,
  movesPickup: 0,
  scans: 0,
  rents: 0,
  riderCancels: 0,
  driverDeclines: 0,
  driverGivesBack: 0,
  driverEndsEarly: 0,
  driverForgetsArgo: 0,
  driverDenies: 0,
  driverVanishes: 0,
  driverForgetsFinish: 0,
  inCash: 0,
  cashAfterAll: 0,
  neverPays: 0,
  paysTwice: 0,
  paysAgain: 0,
  supportRefunds: 0,
  supportVoids: 0,
  dashboardRefunds: 0,
  bankReverses: 0,
  bankChargesBack: 0,
  disputesWon: 0,
  attacks: 0,
};
/** People who keep to what they promised. */
export const steady: Habits = {
  ...nobody,
  tapsTwice: 0.05,
  movesPickup: 0.1,
  scans: 0.2,
  driverDeclines: 0.1,
  inCash: 0.2,
  attacks: 1,
};
/** People who change their minds. */
export const fickle: Habits = {
  tapsTwice: 0.1,
  inStep: 0.2,
  movesPickup: 0.1,
  scans: 0.25,
  rents: 0.1,
  riderCancels: 0.2,
  driverDeclines: 0.2,
  driverGivesBack: 0.1,
  driverEndsEarly: 0.05,
  driverForgetsArgo: 0.1,
  driverDenies: 0.1,
  driverVanishes: 0.05,
  driverForgetsFinish: 0.05,
  inCash: 0.2,
  cashAfterAll: 0.1,
  neverPays: 0.1,
  paysTwice: 0.2,
  paysAgain: 0.05,
  supportRefunds: 0.2,
  supportVoids: 0.1,
  dashboardRefunds: 0.05,
  bankReverses: 0.1,
  bankChargesBack: 0.2,
  disputesWon: 0.3,
  attacks: 1,
};
