/** Joins a notification and its payment, whichever comes first; each notification leaves a line in the sync log. */
import type { Key } from '../../kernel/keys.ts';
import { log } from '../../kernel/log.ts';
import { after } from '../../kernel/types.ts';
import type { Park } from '../../platform/park.ts';
import { orderIdOf, type PaymentRef, paymentRef } from '../payment.ts';
import { type Applied, applyReport, type ReportDeps } from '../reports/apply-report.ts';
import { jsonFrom, reportFrom } from '../reports/parse-report.ts';
import { type Early, type EarlyStore, type Notice, nextLook, orphanMs } from './early.store.ts';
import type { SyncLine, SyncLog } from './sync-log.store.ts';

/** What the payment's side needs. */
export type JoinDeps = ReportDeps & { readonly early: EarlyStore; readonly syncLog: SyncLog };
export type JoiningDeps = JoinDeps & {
  /** Cases for a person: the dead letters of the webhook queue. */
  readonly park: Park;
  readonly random: () => number;
};

const notThere = 'its payment is not there yet';

/** A notification from the queue: to its payment, or parked until the payment is there. */
export const join = async (deps: JoiningDeps, notice: Notice): Promise<void> => {
  const { ref } = notice;
  const applied = await applyNotice(deps, notice, 1);
  if (applied) return count(deps, notice, 1, applied);
  await note(deps, notice, { attempt: 1, verified: false, why: notThere });
  await deps.early.park({ ...notice, attempts: 1, dueAt: nextLook(1, deps.now(), deps.random()) });
  const fields = { orderId: orderIdOf(ref), paymentRef: ref, outcome: 'parked' };
  log.info('Notification parked', fields, { WebhookEarly: 1 });
  // The payment may have been written, and looked for early ones, between our look and our parking.
  const { state } = await deps.store.load(paymentRef(ref));
  if (state) await joinEarly(deps, ref);
};

/** The payment's side: after its intent is written, and after the charge is answered. */
export const joinEarly = async (deps: JoinDeps, ref: PaymentRef): Promise<void> => {
  for (const early of await deps.early.waitingFor(ref)) await joinOne(deps, early);
};

const joinOne = async (deps: JoinDeps, early: Early): Promise<boolean> => {
  const attempt = early.attempts + 1;
  const applied = await applyNotice(deps, early, attempt);
  // The payment's side and the timer's may meet here; the one that removes it counts it.
  if (applied && (await deps.early.remove(early))) count(deps, early, attempt, applied);
  return applied !== undefined;
};

/** The timer's side: looks again, later and later; what is never found becomes a case with its amount. */
export const earlyDeadline = async (deps: JoiningDeps, key: Key): Promise<void> => {
  const early = await deps.early.load(key);
  const at = deps.now();
  if (!early?.dueAt || early.dueAt > at || (await joinOne(deps, early))) return;
  const attempts = early.attempts + 1;
  const dueAt = nextLook(attempts, at, deps.random());
  if (dueAt === undefined) return orphan(deps, early, attempts);
  await note(deps, early, { attempt: attempts, verified: false, why: notThere });
  await deps.early.parkAgain({ ...early, attempts, dueAt }, early);
};

/**
 * The status is read first: the gateway may know the payment. Of several workers one claims the orphan and parks it;
 * the deadline stays until that is done, so that the claim of a worker that ended is followed by another.
 */
const orphan = async (deps: JoiningDeps, early: Early, attempts: number): Promise<void> => {
  const { ref, body } = early;
  const answer = await deps.gateway.status(ref);
  const claimed = { ...early, attempts, dueAt: after(deps.now(), orphanMs) };
  if (!(await deps.early.parkAgain(claimed, early))) return;
  const known =
    answer.outcome === 'report'
      ? `the gateway knows it as ${answer.report.transactionStatus}`
      : `the gateway answers ${answer.outcome}`;
  const { gross_amount: amount, transaction_status: status } = jsonFrom(body) ?? {};
  const why = `no payment ${ref} in ${attempts} looks: Rp ${amount} ${status}; ${known}`;
  await deps.park(body, why, 'webhook');
  await note(deps, early, { attempt: attempts, verified: true, why });
  await deps.early.parkAgain({ ...claimed, dueAt: undefined }, claimed);
  const fields = { orderId: orderIdOf(ref), paymentRef: ref, reported: String(status).slice(0, 30), known };
  log.warn('Notification orphaned', fields, { WebhookOrphan: 1 });
};

/** @returns nothing when the payment is not there */
const applyNotice = async (deps: JoinDeps, notice: Notice, attempt: number): Promise<Applied | undefined> => {
  const { ref, body, receivedAt } = notice;
  const report = reportFrom(jsonFrom(body) ?? {}, 'notification', receivedAt);
  const applied = report && (await applyReport(deps, ref, report));
  if (!applied) return undefined;
  const { effect, verified, outcome, why = /^noop_(.*)/.exec(effect)?.[1] } = applied;
  await note(deps, notice, { attempt, effect, verified, paymentRef: ref, status: outcome.state?.standing.status, why });
  return applied;
};

const count = ({ now }: JoinDeps, { ref, receivedAt }: Notice, attempt: number, { effect, outcome }: Applied): void =>
  log.info(
    'Notification joined',
    { orderId: orderIdOf(ref), paymentRef: ref, attempt, effect, outcome: outcome.decision.outcome },
    { [foundOn(attempt)]: 1, WebhookLag: now() - receivedAt },
  );

const foundOn = (attempt: number): string =>
  (['WebhookFound1', 'WebhookFound2', 'WebhookFound3'] as const)[attempt - 1] ?? 'WebhookFoundMore';

type Note = Omit<SyncLine, keyof Notice | 'orderId' | 'tookMs'>;

const note = ({ syncLog, now }: JoinDeps, { ref, id, body, sender, receivedAt }: Notice, line: Note): Promise<void> =>
  syncLog({ orderId: orderIdOf(ref), id, receivedAt, body, sender, tookMs: now() - receivedAt, ...line });
