/** The cancellation fee of each service line, from the environment of the function. */
import * as z from 'zod/mini';
import { rupiah } from '../kernel/rupiah.ts';
import type { Env } from '../platform/ports.ts';
import type { CancellationPolicy } from './trip.decider.ts';

const fee = z._default(z.pipe(z.int().check(z.minimum(0)), z.transform(rupiah)), rupiah(0));
const settings = z.object({
  fees: z.object({ BB: fee, SB: fee, GB: fee }),
  graceSeconds: z.number().check(z.minimum(0)),
});

/** Without settings nothing is owed: a policy of 0 is a policy. */
export const cancellationFrom = (env: Env): CancellationPolicy => {
  const fees = JSON.parse(env.CANCELLATION_FEE ?? '{}');
  const { data } = z.safeParse(settings, { fees, graceSeconds: Number(env.CANCELLATION_GRACE_SECONDS ?? 120) });
  if (!data)
    throw new Error(
      'environment variables CANCELLATION_FEE and CANCELLATION_GRACE_SECONDS must be ' +
        'whole rupiah by service line and a number of seconds',
    );
  return { fees: data.fees, graceMs: data.graceSeconds * 1_000 };
};
