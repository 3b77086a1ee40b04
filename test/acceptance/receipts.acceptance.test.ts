/** The rider of a paid order gets a receipt by mail. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { knownAddress, paidEvent, publish, someOrder } from './support/bus.ts';
import { eventually, stack, storyOf } from './support/stack.ts';

type Mail = { readonly subject: string; readonly text: string; readonly to: string; readonly reference: string };
const mailsOf = async (orderId: string): Promise<readonly Mail[]> =>
  ((await (await fetch(`${stack().mailbox}/mails?reference=${orderId}`)).json()) as { readonly mails: readonly Mail[] })
    .mails;
const receiptLine = async (orderId: string) => (await storyOf(orderId)).find(({ kind }) => kind === 'receipt');

describe('an order is paid', () => {
  it('its rider gets one receipt when the event comes three times', async () => {
    const [orderId, rider] = [someOrder(), `rider-${randomUUID()}`];
    const address = `${rider}@rider.example`;
    await knownAddress(rider, address);
    await publish('orders', paidEvent(orderId, rider), paidEvent(orderId, rider));
    await eventually(async () => (await receiptLine(orderId))?.sentAt !== undefined);
    await publish('orders', paidEvent(orderId, rider));
    const after = someOrder();
    await publish('orders', paidEvent(after, rider));
    await eventually(async () => (await mailsOf(after)).length > 0);
    const mails = await mailsOf(orderId);
    expect(mails).toMatchObject([{ to: address, subject: `Tanda terima ${orderId} / Receipt ${orderId}` }]);
    expect(mails[0]?.text).toContain('Jumlah: Rp 120.000');
    expect(mails[0]?.text).toContain('Amount: Rp 120.000');
    expect(JSON.stringify(await storyOf(orderId))).not.toContain('@');
  });

  it('of a rider without an address: the story has the reason why there is no receipt', async () => {
    const orderId = someOrder();
    await publish('orders', paidEvent(orderId, `rider-${randomUUID()}`));
    await eventually(async () => (await receiptLine(orderId))?.reason === 'no-address');
    expect(await mailsOf(orderId)).toEqual([]);
  });
});
