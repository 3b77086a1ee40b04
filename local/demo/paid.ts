/** The paid ride of the demo: the gateway's notifications come early, and twice; the payment counts once. */
import type { Ready } from '../cloud/ready.ts';
import { type Role, tokensOf } from '../people/people.ts';
import { checkOfferedOnce, ended, nameOf, requestFor, type Scene, type Stage, until } from './scenes.ts';

const fare = 87_000;

type Request = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: object;
  readonly headers?: Record<string, string>;
};

const fetchJson = async <T>({ method, url, body, headers }: Request): Promise<T> => {
  const response = await fetch(url, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(15_000),
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
};

/** A person's calls to the API. */
const callerOf = async (ready: Ready, role: Role, sub: string) => {
  const authorization = `Bearer ${await tokensOf(ready, role, sub)(undefined)}`;
  return <T>(method: 'GET' | 'POST', path: string, body?: object, headers: Record<string, string> = {}): Promise<T> =>
    fetchJson<T>({ method, url: ready.api + path, headers: { ...headers, authorization }, ...(body ? { body } : {}) });
};

/** Acts for the customer's bank, and injects faults, at the simulated gateway. */
const atGateway = ({ midtrans }: Ready, path: string, body: object = {}): Promise<object> =>
  fetchJson<object>({ method: 'POST', url: `${midtrans}/_sim/${path}`, body });

const mailsTo = async ({ mailbox }: Ready, orderId: string): Promise<number> =>
  (await fetchJson<{ mails: readonly object[] }>({ method: 'GET', url: `${mailbox}/mails?reference=${orderId}` })).mails
    .length;

const receiverOf = ({ run }: Stage): string => `putri-${run}@rider.example`;

export const paid: Scene = {
  title: 'From the offer to the receipt: the gateway’s notifications come early, and twice',
  play: async (play, stage) => {
    const { ready, operator, run } = stage;
    const citra = await play.driver('citra', { does: 'accept', afterMs: 400 });
    const { rideId, riderId } = await play.rider.requestRide(requestFor([citra]));
    const ride = await ended(play, rideId, 'ACCEPTED', 'RIDE_ACCEPTED');
    checkOfferedOnce(play, rideId, citra);
    await atGateway(ready, 'faults', { fault: { kind: 'early' }, order: `${rideId}*`, next: 1 });
    await atGateway(ready, 'faults', {
      fault: { kind: 'duplicate', times: 1 },
      order: `${rideId}*`,
      when: 'settlement',
    });

    const driver = await callerOf(ready, 'driver', citra.id);
    await driver('POST', `/orders/${rideId}/finish`, { fare });
    const rider = await callerOf(ready, 'rider', riderId);
    const charge = { method: 'qris', email: receiverOf(stage) };
    const { ref } = await rider<{ ref: string }>('POST', `/orders/${rideId}/payments`, charge, {
      'idempotency-key': `pay-${run}`,
    });
    await atGateway(ready, `transactions/${ref}/pay`);

    const isPaid = async () => (await rider<{ status: string }>('GET', `/orders/${rideId}`)).status === 'PAID';
    await until('the order is PAID', isPaid);
    await until('the receipt is mailed', async () => (await mailsTo(ready, rideId)) > 0);
    const applied = async () =>
      (await operator.story(rideId)).lines.filter(({ kind, effect }) => kind === 'webhook' && effect !== undefined);
    await until('all notifications are applied, or refused', async () => (await applied()).length >= 3);
    const { lines } = await operator.story(rideId);
    for (const type of ['payment.settled', 'order.paid'])
      play.check(
        lines.filter((line) => line.type === type).length === 1,
        `${type} happened ${lines.filter((line) => line.type === type).length} times`,
      );
    play.check((await mailsTo(ready, rideId)) === 1, 'more than one receipt was mailed');
    const notifications = (await applied()).length;
    const paidBy = `PAID: Rp ${fare.toLocaleString('id-ID')} by QRIS`;
    const counted = `${notifications} notifications, counted once; one receipt`;
    return { rideId, end: `driven by ${nameOf(ride.driverId)}, ${paidBy}; ${counted}` };
  },
};
