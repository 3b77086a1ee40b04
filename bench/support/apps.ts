/** The apps of riders and drivers on the local stack: riders send HTTP requests, drivers listen on their WebSocket. */
import { Agent, request } from 'node:http';
import { WebSocket } from 'ws';
import type { Ready } from '../../local/cloud/ready.ts';
import { rideWanted } from './requests.ts';
import { drivers, openDeliveries, riders, type Way } from './rounds.ts';

const tokenOf = async ({ tokens }: Ready, role: string, sub: string): Promise<string> => {
  const answer = await fetch(`${tokens}?role=${role}&sub=${sub}`);
  const { token } = (await answer.json()) as { token: string };
  return token;
};

const connected = (url: string, onMessage: (text: string) => void): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
    socket.on('message', (data) => onMessage(String(data)));
  });

type Posted = { readonly status: number; readonly body: string };

/** Lighter than fetch, so that the apps take little of what is measured. */
const poster = (url: string, agent: Agent) => {
  const { hostname, port, pathname } = new URL(url);
  return (body: string, headers: Readonly<Record<string, string>>): Promise<Posted> =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          hostname,
          port,
          path: pathname,
          method: 'POST',
          agent,
          headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
          response.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
};

export const openApps = async (ready: Ready): Promise<Way & { readonly close: () => void }> => {
  const deliveries = openDeliveries();
  const tokens = await Promise.all(riders.map((rider) => tokenOf(ready, 'rider', rider)));
  const sockets = await Promise.all(
    drivers.map(async (driver) =>
      connected(`${ready.websocket}?token=${await tokenOf(ready, 'driver', driver)}`, (text) => {
        const { type, rideId } = JSON.parse(text) as { type: string; rideId: string };
        if (type === 'NEW_RIDE_REQUEST') deliveries.arrived(rideId, driver);
      }),
    ),
  );
  const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });
  const post = poster(`${ready.api}/rides`, agent);
  const run = Date.now().toString(36);
  let requests = 0;
  return {
    deliveries,
    request: async (candidates) => {
      requests += 1;
      // The offers outlive the benchmark, so that no deadline burdens a later round.
      const body = JSON.stringify(rideWanted({ candidates, offerTimeoutSeconds: 300, searchTimeoutSeconds: 3_600 }));
      const answer = await post(body, {
        authorization: `Bearer ${tokens[requests % tokens.length]}`,
        'idempotency-key': `${run}-${String(requests).padStart(6, '0')}`,
      });
      if (answer.status !== 201) throw new Error(`POST /rides answered ${answer.status}: ${answer.body}`);
      return (JSON.parse(answer.body) as { rideId: string }).rideId;
    },
    close: () => {
      for (const socket of sockets) socket.terminate();
      agent.destroy();
    },
  };
};
