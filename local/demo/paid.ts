/** The paid ride of the demo. The gateway tells of it before it has answered the charge, and later twice: it counts once. */
import type { Ready } from '../cloud/ready.ts';
import { type Role, tokensOf } from '../people/people.ts';
import { asks, ended, nameOf, once, type Scene, type Stage, until } from './scenes.ts';

const fare = 87_000;

type Asked = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: object;
  readonly headers?: Record<string, string>;
};

const answered = async <T>({ method, url, body, headers }: Asked): Promise<T> => {
  const response = await fetch(url, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(15_000),
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
};

/** Somebody's calls to the API. */
const caller = async (ready: Ready, role: Role, sub: string) => {
  const authorization = `Bearer ${await tokensOf(ready, role, sub)(undefined)}`;
  return <T>(method: 'GET' | 'POST', path: string, body?: object, headers: Record<string, string> = {}): Promise<T> =>
    answered<T>({ method, url: ready.api + path, headers: { ...headers, authorization }, ...(body ? { body } : {}) });
};

/** What the customer's bank and bad luck do at the simulated gateway. */
const atGateway = ({ midtrans }: Ready, path: string, body: object = {}): Promise<object> =>
  answered<object>({ method: 'POST', url: `${midtrans}/_sim/${path}`, body });

const mailsTo = async ({ mailbox }: Ready, orderId: string): Promise<number> =>
  (await answered<{ mails: readonly object[] }>({ method: 'GET', url: `${mailbox}/mails?reference=${orderId}` })).mails
    .length;

const receiverOf = ({ run }: Stage): string => `putri-${run}@rider.example`;

export const paid: Scene = {
  title: 'From the offer to the receipt: the gateway’s notifications come early, and twice',
  play: async (play, stage) => {
    const { ready, operator, run } = stage;
    const citra = await play.driver('citra', { does: 'accept', afterMs: 400 });
    const { rideId, riderId } = await play.rider.requestRide(asks([citra]));
    const ride = await ended(play, rideId, 'ACCEPTED', 'RIDE_ACCEPTED');
    once(play, rideId, citra);
    await atGateway(ready, 'faults', { fault: { kind: 'early' }, order: `${rideId}*`, next: 1 });
    await atGateway(ready, 'faults', {
      fault: { kind: 'duplicate', times: 1 },
      order: `${rideId}*`,
      when: 'settlement',
    });

    const driver = await caller(ready, 'driver', citra.id);
    await driver('POST', `/orders/${rideId}/finish`, { fare });
    const rider = await caller(ready, 'rider', riderId);
    const charge = { method: 'qris', email: receiverOf(stage) };
    const { ref } = await rider<{ ref: string }>('POST', `/orders/${rideId}/payments`, charge, {
      'idempotency-key': `pay-${run}`,
    });
    await atGateway(ready, `transactions/${ref}/pay`);

    const isPaid = async () => (await rider<{ status: string }>('GET', `/orders/${rideId}`)).status === 'PAID';
    await until('the order is PAID', isPaid);
    await until('the receipt is mailed', async () => (await mailsTo(ready, rideId)) > 0);
    const told = async () =>
      (await operator.story(rideId)).lines.filter(({ kind, effect }) => kind === 'webhook' && effect !== undefined);
    await until('all notifications have had their effect, or none', async () => (await told()).length >= 3);
    const { lines } = await operator.story(rideId);
    for (const type of ['payment.settled', 'order.paid'])
      play.check(
        lines.filter((line) => line.type === type).length === 1,
        `${type} happened ${lines.filter((line) => line.type === type).length} times`,
      );
    play.check((await mailsTo(ready, rideId)) === 1, 'more than one receipt was mailed');
    const notifications = (await told()).length;
    return {
      rideId,
      end: `driven by ${nameOf(ride.driverId)}, PAID: Rp ${fare.toLocaleString('id-ID')} by QRIS; the gateway told ${notifications} times, it counted once; one receipt`,
    };
  },
};
