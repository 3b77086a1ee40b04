/** The bundles, once before all tests: the templates name them, the embedded cloud runs them. */
import { buildAll } from '../../build.ts';

export default async (): Promise<void> => {
  await buildAll();
};
