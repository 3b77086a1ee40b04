/** The paid ride of the demo: the gateway's notifications come early, and twice; the payment counts once. */
import type { Ready } from '../cloud/ready.ts';
import { personOf } from '../people/people.ts';
import { checkOfferedOnce, ended, nameOf, requestFor, type Scene, until } from './scenes.ts';

const fare = 87_000;

const fetchJson = async <T>(method: 'GET' | 'POST', url: string, body?: object): Promise<T> => {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(15_000),
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
};

/** Acts for the customer's bank, and injects faults, at the simulated gateway. */
const atGateway = ({ midtrans }: Ready, path: string, body: object = {}): Promise<object> =>
  fetchJson('POST', `${midtrans}/_sim/${path}`, body);

const mailsTo = async ({ mailbox }: Ready, orderId: string): Promise<number> =>
  (await fetchJson<{ mails: readonly object[] }>('GET', `${mailbox}/mails?reference=${orderId}`)).mails.length;

export const paid: Scene = {
  title: 'From the offer to the receipt: the gateway’s notifications come early, and twice',
  play: async (play, stage) => {
    const { ready, operator, run } = stage;
    const lestari = await play.driver('lestari', { does: 'accept', afterMs: 400 });
    const { rideId } = await play.rider.requestRide(requestFor([lestari]));
    const ride = await ended(play, rideId, 'ACCEPTED', 'RIDE_ACCEPTED');
    checkOfferedOnce(play, rideId, lestari);
    await atGateway(ready, 'faults', { fault: { kind: 'early' }, order: `${rideId}*`, next: 1 });
    const duplicate = { kind: 'duplicate', times: 1 };
    await atGateway(ready, 'faults', { fault: duplicate, order: `${rideId}*`, when: 'settlement' });

    const driver = personOf(ready, 'driver', lestari.id);
    await driver.pickUp(rideId);
    await driver.finish(rideId, fare);
    const charge = { method: 'qris', email: `putri-${run}@rider.example` } as const;
    const { ref } = await play.rider.pay(rideId, charge, { key: `pay-${run}` });
    await atGateway(ready, `transactions/${ref}/pay`);

    await until('the order is PAID', async () => (await play.rider.getOrder(rideId)).status === 'PAID');
    await until('the receipt is mailed', async () => (await mailsTo(ready, rideId)) > 0);
    const applied = async () =>
      (await operator.story(rideId)).lines.filter(({ kind, effect }) => kind === 'webhook' && effect !== undefined);
    await until('all notifications are applied, or refused', async () => (await applied()).length >= 3);
    const { lines } = await operator.story(rideId);
    for (const type of ['payment.settled', 'order.paid']) {
      const times = lines.filter((line) => line.type === type).length;
      play.check(times === 1, `${type} happened ${times} times`);
    }
    play.check((await mailsTo(ready, rideId)) === 1, 'more than one receipt was mailed');
    const notifications = (await applied()).length;
    const paidBy = `PAID: Rp ${fare.toLocaleString('id-ID')} by QRIS`;
    const counted = `${notifications} notifications, counted once; one receipt`;
    return { rideId, end: `driven by ${nameOf(ride.driverId)}, ${paidBy}; ${counted}` };
  },
};
