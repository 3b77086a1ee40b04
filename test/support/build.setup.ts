/** The bundles, once before all lanes that run them or read the templates which name them. */
import { buildAll } from '../../build.ts';

// Each lane loads its own copy of this module; what they share is the process.
const shared = globalThis as { tuntasBundles?: Promise<unknown> };

export const built = async (): Promise<void> => {
  shared.tuntasBundles ??= buildAll();
  await shared.tuntasBundles;
};

export default built;
