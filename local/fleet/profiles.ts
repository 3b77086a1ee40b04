/** How the messages of a fleet leave their devices, on a good day and on a bad one. */

/** Times in minutes, shares from 0 to 1. Rates are an average car's; poor cars have a multiple (`Car.lateness`). */
export type Profile = typeof healthy;

const healthy = {
  /** From leaving the device to the rule, in seconds: half of the messages take less. */
  network: { median: 1.2, sigma: 0.6 },
  /** Without coverage nothing leaves the device: reports wait, positions are lost. */
  holes: { perHour: 0.02, mean: 2 },
  /** The meter's outbox hangs and positions still pass. Lengths with a heavy tail, see `pareto`. */
  stuck: { perHour: 0.01, shortest: 0.5, tail: 1.2, longest: 30 },
  /** Each night at 03:44 in Jakarta, the outboxes of this share of the cars hang for so long. */
  incident: { share: 0, length: 0 },
  /** How differently the cars do: the deviation of the logarithm of their lateness. */
  spread: 0.6,
  duplicated: 0.01,
  reordered: 0.002,
  lost: 0.001,
  powerCutsPerDay: 0.02,
  /** Of the cars, whose clock is minutes to hours wrong. */
  wrongClocks: 0.01,
};

const mixed: Profile = {
  network: { median: 1.8, sigma: 0.9 },
  holes: { perHour: 0.1, mean: 4 },
  stuck: { perHour: 0.2, shortest: 1, tail: 0.9, longest: 52 },
  incident: { share: 0, length: 0 },
  spread: 1.1,
  duplicated: 0.05,
  reordered: 0.02,
  lost: 0.005,
  powerCutsPerDay: 0.1,
  wrongClocks: 0.03,
};

/** `incident` is `mixed` with the night in which reports came 52 minutes late. */
export const profiles = {
  healthy,
  mixed,
  incident: { ...mixed, incident: { share: 0.6, length: 52 } },
} as const satisfies Record<string, Profile>;
export type ProfileName = keyof typeof profiles;
