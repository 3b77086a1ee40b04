/** The gateway's client against a real HTTP server that does not answer as it should. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { midtrans } from '../../../functions/payments/gateway/midtrans.client.ts';
import { http } from '../../../functions/platform/http-client.ts';
import { httpServer, type Respond } from '../../support/http-server.ts';
import { logLines } from '../../support/log.ts';
import { ref } from '../../support/payments.ts';
import { testPorts } from '../../support/ports.ts';

logLines();
let server: Awaited<ReturnType<typeof httpServer>>;
beforeAll(async () => {
  server = await httpServer();
});
afterAll(() => server.stop());

const budget = { attemptMs: 60, totalMs: 2_000 };
const charge = (baseUrl = server.url) =>
  midtrans(testPorts({ http }).ports, {
    baseUrl,
    keys: async () => ['key'],
    breaker: { allows: async () => true, record: async () => undefined },
    budgets: { status: budget, charge: budget, command: budget },
  }).charge({ ref, method: 'permata_va', amount: rupiah(120_000) });

describe('a charge without a whole answer', () => {
  it.each<[string, Respond, string]>([
    ['silence', () => undefined, 'time-out'],
    ['a body that never ends', (_, response) => void response.writeHead(200).write('{"status_code":'), 'time-out'],
    ['a connection that breaks', (_, response) => void response.destroy(), 'network: UND_ERR_SOCKET'],
  ])('(%s) has an unknown outcome', async (_, respond, reason) => {
    server.answers(respond);
    expect(await charge()).toEqual({ outcome: 'unknown', reason });
  });

  it('has an unknown outcome when the port is closed', async () => {
    expect(await charge('http://127.0.0.1:9')).toMatchObject({ outcome: 'unknown' });
  });

  it('never follows a redirect, the key with it', async () => {
    server.answers((_, response) => void response.writeHead(302, { location: '/elsewhere' }).end());
    expect(await charge()).toMatchObject({ outcome: 'unknown' });
    expect(server.received.map(({ path }) => path)).toEqual(['/v2/charge']);
  });
});
