/** The charge of a trip after its notifications, as the API would make it, or one that is killed in the middle. */
import { rupiah } from '../functions/kernel/rupiah.ts';
import { type Instant, instant, type RiderId } from '../functions/kernel/types.ts';
import { type ChargeDeps, charge } from '../functions/payments/charge/charge.ts';
import { secondsOf } from '../functions/payments/payment.ts';
import { fare, type Trip } from './paid-trips.ts';

export type Charged = { readonly orderId: string; readonly at: number; readonly killed: boolean };

/** The first answer is the moment of the gateway's charge, whose order id it made. */
const clockFrom = (first: Instant) => {
  let next: Instant | undefined = first;
  return (): Instant => {
    const at = next ?? instant(Date.now());
    next = undefined;
    return at;
  };
};

class Killed extends Error {}

/** Charges a trip whose notifications came before, by the code of the API. @param killed right after its intent */
export const chargedLate = async (
  deps: ChargeDeps,
  { orderId, riderId, ref }: Trip,
  killed: boolean,
): Promise<Charged> => {
  const at = performance.now();
  const killedHere = async (): Promise<never> => {
    throw new Killed();
  };
  const early = killed ? { ...deps.early, waitingFor: killedHere } : deps.early;
  const now = clockFrom(instant(secondsOf(ref) * 1_000));
  const wanted = {
    orderId,
    riderId: riderId as RiderId,
    amount: rupiah(fare),
    method: 'bca_va',
    fingerprint: ref,
  } as const;
  await charge({ ...deps, early, now }, wanted).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error;
  });
  return { orderId, at, killed };
};
