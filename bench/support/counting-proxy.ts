/** Passes requests on and counts them, with the connections they came by. */
import { createServer, request } from 'node:http';
import { freePort, loopback } from '../../tools/places.ts';

export const openCountingProxy = async (target: string) => {
  const { port: targetPort } = new URL(target);
  let requests: string[] = [];
  let connections = 0;
  const server = createServer((incoming, answer) => {
    requests.push(
      String(incoming.headers['x-amz-target'] ?? `${incoming.method} ${incoming.url}`).replace(/^.*\./, ''),
    );
    const { url: path, method, headers } = incoming;
    const onward = request({ host: loopback, port: targetPort, path, method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    incoming.pipe(onward);
  });
  server.on('connection', () => {
    connections += 1;
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, loopback, resolve));
  return {
    endpoint: `http://${loopback}:${port}`,
    /** Since the last call. */
    taken: () => {
      const taken = { requests, connections };
      requests = [];
      connections = 0;
      return taken;
    },
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
