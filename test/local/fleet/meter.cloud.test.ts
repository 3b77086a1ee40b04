/** A simulated meter and a broker: no report is lost, whatever happens to the connection. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { simulatedMeter } from '../../../local/fleet/meter.ts';

/** Keeps what arrives, and disconnects the client instead of the next acknowledgements. */
const startBroker = async () => {
  const received: { readonly topic: string; readonly client: string; readonly kind: string; sequence: number }[] = [];
  let refusals = 0;
  const broker = await Aedes.createBroker({
    authorizePublish: (client, { topic, payload }, done) => {
      if (refusals > 0) {
        refusals -= 1;
        return done(new Error('disconnected'));
      }
      const { kind, sequence } = JSON.parse(payload.toString());
      received.push({ topic, client: client?.id ?? '', kind, sequence });
      done();
    },
  });
  const server = createServer(broker.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    kinds: () => received.map(({ kind }) => kind),
    refuse: (times: number) => {
      refusals = times;
    },
    stop: async () => {
      await new Promise<void>((resolve) => broker.close(resolve));
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

let broker: Awaited<ReturnType<typeof startBroker>>;
beforeEach(async () => {
  broker = await startBroker();
});
afterEach(() => broker.stop());

describe('a simulated meter', () => {
  it('keeps its reports until it is online, and sends them in order, as the thing of its car', async () => {
    const meter = simulatedMeter({ url: broker.url, car: 'B1', clock: () => 7 });
    expect(meter.report('STARTED')).toEqual({ kind: 'STARTED', sequence: 1, deviceTime: 7 });
    meter.report('STOPPED');
    expect(broker.received).toEqual([]);
    await meter.online();
    expect(broker.received).toEqual([
      { topic: 'tuntas/cars/B1/argo', client: 'meter-B1', kind: 'STARTED', sequence: 1 },
      { topic: 'tuntas/cars/B1/argo', client: 'meter-B1', kind: 'STOPPED', sequence: 2 },
    ]);
    expect(meter.waiting()).toEqual([]);
    await meter.offline();
  });

  it('sends a report again when the connection breaks before the acknowledgement', async () => {
    const meter = simulatedMeter({ url: broker.url, car: 'B1' });
    broker.refuse(4);
    meter.report('STARTED');
    await meter.online();
    expect(broker.kinds()).toEqual(['STARTED']);
    await meter.offline();
  });

  it('gives up after five attempts, and keeps the report', async () => {
    const meter = simulatedMeter({ url: broker.url, car: 'B1' });
    broker.refuse(5);
    meter.report('STARTED');
    await expect(meter.online()).rejects.toThrow('the connection of meter-B1 broke');
    expect(meter.waiting()).toHaveLength(1);
    await meter.online();
    expect(broker.kinds()).toEqual(['STARTED']);
    await meter.offline();
  });

  it('counts from 1 again after a power cut, which its firmware may count', async () => {
    const meter = simulatedMeter({ url: broker.url, car: 'B1', countsBoots: true, clock: () => 7 });
    meter.report('STARTED');
    await meter.powerCut();
    expect(meter.report('STOPPED')).toEqual({ kind: 'STOPPED', sequence: 1, boot: 2, deviceTime: 7 });
    await meter.online();
    expect(broker.kinds()).toEqual(['STARTED', 'STOPPED']);
    await meter.offline();
  });

  it('repeats a message, also after it was offline', async () => {
    const meter = simulatedMeter({ url: broker.url, car: 'B1' });
    const started = meter.report('STARTED');
    await meter.online();
    await meter.offline();
    await meter.repeat(started);
    expect(broker.received.map(({ sequence }) => sequence)).toEqual([1, 1]);
    await meter.offline();
  });
});
