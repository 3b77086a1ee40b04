/** Brings a notification and its payment together, whichever comes first; every notification leaves its line in the sync log. */
import { log } from '../../kernel/log.ts';
import { after } from '../../kernel/types.ts';
import type { Park } from '../../platform/park.ts';
import { orderIdOf, type PaymentRef, paymentRef } from '../payment.ts';
import { type Applied, applyReport, type ReportDeps } from '../reports/apply-report.ts';
import { reportFrom } from '../reports/parse-report.ts';
import { type Early, type EarlyKey, type EarlyStore, type Notice, nextLook, orphanMs } from './early.store.ts';
import { parsed } from './notification.ts';
import type { SyncLine, SyncLog } from './sync-log.store.ts';

/** What the payment's side needs. */
export type JoinDeps = ReportDeps & { readonly early: EarlyStore; readonly syncLog: SyncLog };
export type JoiningDeps = JoinDeps & {
  /** Cases for a person: the dead letters of the webhook queue. */
  readonly park: Park;
  readonly random: () => number;
};

/** A notification from the queue: to its payment, or parked until the payment is there. */
export const join = async (deps: JoiningDeps, notice: Notice): Promise<void> => {
  const found = await told(deps, notice, 1);
  if (found) return counted(deps, notice, 1, found);
  const dueAt = nextLook(1, deps.now(), deps.random());
  await note(deps, notice, { attempt: 1, verified: false, why: 'its payment is not there yet' });
  await deps.early.park({ ...notice, attempts: 1, dueAt });
  log.info(
    'Notification parked',
    { orderId: orderIdOf(notice.ref), paymentRef: notice.ref, outcome: 'parked' },
    { WebhookEarly: 1 },
  );
  // The payment may have been written, and looked for early ones, between our look and our parking.
  const { state } = await deps.store.load(paymentRef(notice.ref));
  if (state) await joinEarly(deps, notice.ref);
};

/** The payment's side: after its intent is written, and after the charge is answered. */
export const joinEarly = async (deps: JoinDeps, ref: PaymentRef): Promise<void> => {
  for (const early of await deps.early.waitingFor(ref)) await joinOne(deps, early);
};

const joinOne = async (deps: JoinDeps, early: Early): Promise<boolean> => {
  const attempt = early.attempts + 1;
  const found = await told(deps, early, attempt);
  // The payment's side and the timer's may meet here; the one that takes it away counts it.
  if (found && (await deps.early.remove(early))) counted(deps, early, attempt, found);
  return found !== undefined;
};

/** The timer's side: looks again, later and later; what is never found becomes a case with its amount. */
export const earlyDeadline = async (deps: JoiningDeps, key: EarlyKey): Promise<void> => {
  const early = await deps.early.load(key);
  const at = deps.now();
  if (!early?.dueAt || early.dueAt > at || (await joinOne(deps, early))) return;
  const attempts = early.attempts + 1;
  const dueAt = nextLook(attempts, at, deps.random());
  if (dueAt === undefined) return orphan(deps, early, attempts);
  await note(deps, early, { attempt: attempts, verified: false, why: 'its payment is not there yet' });
  await deps.early.parkAgain({ ...early, attempts, dueAt }, early);
};

/**
 * The gateway is asked first whether it knows the payment. Of several workers one claims the orphan and parks it; the deadline
 * stays until that is done, so that the claim of a worker that died is followed by another.
 */
const orphan = async (deps: JoiningDeps, early: Early, attempts: number): Promise<void> => {
  const { outcome, ...answer } = await deps.gateway.status(early.ref);
  const claimed = { ...early, attempts, dueAt: after(deps.now(), orphanMs) };
  if (!(await deps.early.parkAgain(claimed, early))) return;
  const known =
    'report' in answer
      ? `the gateway knows it as ${answer.report.transactionStatus}`
      : `the gateway answers ${outcome}`;
  const { gross_amount: amount, transaction_status: status } = parsed(early.body) ?? {};
  const why = `no payment ${early.ref} in ${attempts} looks: Rp ${amount} ${status}; ${known}`;
  await deps.park(early.body, why, 'webhook');
  await note(deps, early, { attempt: attempts, verified: true, why });
  await deps.early.parkAgain({ ...claimed, dueAt: undefined }, claimed);
  log.warn(
    'Notification orphaned',
    { orderId: orderIdOf(early.ref), paymentRef: early.ref, said: String(status).slice(0, 30), known },
    { WebhookOrphan: 1 },
  );
};

/** @returns nothing when the payment is not there */
const told = async (deps: JoinDeps, notice: Notice, attempt: number): Promise<Applied | undefined> => {
  const report = reportFrom(parsed(notice.body) ?? {}, 'notification', notice.receivedAt);
  const result = report && (await applyReport(deps, notice.ref, report));
  if (!result) return undefined;
  const { effect, why, verified, outcome } = result;
  await note(deps, notice, {
    attempt,
    effect,
    verified,
    paymentRef: notice.ref,
    status: outcome.state?.standing.status,
    why: why ?? reasonOf(result),
  });
  return result;
};

const counted = ({ now }: JoinDeps, { ref, receivedAt }: Notice, attempt: number, { effect, outcome }: Applied): void =>
  log.info(
    'Notification joined',
    { orderId: orderIdOf(ref), paymentRef: ref, attempt, effect, outcome: outcome.decision.outcome },
    { [foundOn(attempt)]: 1, WebhookLag: now() - receivedAt },
  );

const reasonOf = ({ effect }: Applied): string | undefined =>
  effect.startsWith('noop_') ? effect.slice('noop_'.length) : undefined;

export const foundOn = (attempt: number): string =>
  (['WebhookFound1', 'WebhookFound2', 'WebhookFound3'] as const)[attempt - 1] ?? 'WebhookFoundMore';

type Note = Omit<SyncLine, 'orderId' | 'id' | 'receivedAt' | 'body' | 'sender' | 'tookMs'>;

const note = ({ syncLog, now }: JoinDeps, { ref, id, body, sender, receivedAt }: Notice, line: Note): Promise<void> =>
  syncLog({ orderId: orderIdOf(ref), id, receivedAt, body, sender, tookMs: now() - receivedAt, ...line });
