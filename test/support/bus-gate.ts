/** Stands between the functions of a stack and its bus: takes it away, and remembers what it took. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

type Put = { readonly Entries: readonly { readonly Detail: string }[] };
type Answer = { readonly Entries: readonly { readonly ErrorCode?: string }[] };

export type BusGate = Awaited<ReturnType<typeof busGate>>;

/** A function finds it by `AWS_ENDPOINT_URL_EVENTBRIDGE`. */
export const busGate = async () => {
  let target: string | undefined;
  let isAway = false;
  const taken = new Map<string, Set<string>>();

  const forward = async (request: IncomingMessage) => {
    const body = await text(request);
    const { 'content-type': type = '', 'x-amz-target': operation = '', authorization = '' } = request.headers;
    const headers = { 'content-type': type, 'x-amz-target': String(operation), authorization };
    const response = await fetch(target as string, { method: 'POST', headers, body });
    const answer = await response.text();
    if (response.ok)
      (JSON.parse(answer) as Answer).Entries.forEach(({ ErrorCode }, i) => {
        if (ErrorCode !== undefined) return;
        const { Detail } = (JSON.parse(body) as Put).Entries[i] as Put['Entries'][number];
        const { id } = JSON.parse(Detail) as { readonly id: string };
        taken.set(id, (taken.get(id) ?? new Set()).add(Detail));
      });
    return { status: response.status, answer };
  };

  const server = createServer((request, response) => {
    if (isAway) {
      request.socket.destroy();
      return;
    }
    void forward(request).then(({ status, answer }) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(answer),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    /** @param to the real bus */
    lead: (to: string): void => {
      target = to;
    },
    away: (is: boolean): void => {
      isAway = is;
    },
    /** The different bodies under each event id that the bus took. */
    taken: (): ReadonlyMap<string, ReadonlySet<string>> => taken,
    end: (): void => {
      server.closeAllConnections();
      server.close();
    },
  };
};
