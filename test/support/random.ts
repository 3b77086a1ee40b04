/** Chance for tests: the seeded source of the simulated fleet. */
export { type Random, seeded } from '../../local/random.ts';
