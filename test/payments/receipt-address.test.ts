/** Which address a payment leaves for its receipt. */
import { describe, expect, it } from 'vitest';
import { logLines } from '../support/log.ts';
import { rider } from '../support/payments.ts';
import { operator, paymentsApi } from '../support/payments-api.ts';

const lines = logLines();
const email = 'anna@rider.example';
const claims = { email, email_verified: 'true', locale: 'id-ID' };

describe('a payment is requested', () => {
  const contactOf = (api: ReturnType<typeof paymentsApi>) =>
    api.table.read('State', { pk: `USER#${rider}`, sk: 'CONTACT' });
  const asRider = { sub: rider, roles: '[rider]' };

  it('with a verified address in the rider’s token: it is kept apart from the payment', async () => {
    const api = paymentsApi();
    await api.finished();
    await api.pay({ method: 'bca_va' }, 'k1', { claims: { ...asRider, ...claims } });
    expect(contactOf(api)).toMatchObject({ email, language: 'id' });
    const others = api.table.all('State').filter(({ sk }) => sk !== 'CONTACT');
    expect(JSON.stringify([others, lines.all()])).not.toContain('@');
  });

  it('with an address in the body: that one', async () => {
    const api = paymentsApi();
    await api.finished();
    await api.pay({ method: 'bca_va', email: 'other@rider.example' }, 'k1', { claims: { ...asRider, ...claims } });
    expect(contactOf(api)).toMatchObject({ email: 'other@rider.example' });
  });

  it('by an operator: the operator’s own address is not the rider’s', async () => {
    const api = paymentsApi();
    await api.finished();
    await api.pay({ method: 'bca_va' }, 'k1', { claims: { sub: operator.sub, roles: '[operator]', ...claims } });
    expect(contactOf(api)).toBeUndefined();
  });

  it('without an address: no contact is stored', async () => {
    const api = paymentsApi();
    await api.finished();
    expect((await api.pay({ method: 'bca_va' }, 'k1')).status).toBe(201);
    expect(contactOf(api)).toBeUndefined();
  });

  it.each([['anna'], ['a@b.co\nBcc: x@y.co'], [42], [['a@b.co']], [{}]])(
    'with %j as the address: 400',
    async (wrong) => {
      const api = paymentsApi();
      await api.finished();
      const answer = await api.pay({ method: 'bca_va', email: wrong }, 'k1');
      expect([answer.status, answer.body.errors]).toEqual([400, [expect.objectContaining({ field: 'email' })]]);
    },
  );
});
