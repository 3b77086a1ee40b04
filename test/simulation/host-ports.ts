/** The ports of a function in the world: each call goes over the network, with the retries of the real client. */
import type { Clients, HttpCall, Ports } from '../../functions/platform/ports.ts';
import { clientWith } from '../../tools/memory-table.ts';
import type { Bus } from './bus.ts';
import type { Engine } from './engine.ts';
import type { Gateway } from './gateway.ts';
import type { Lambdas } from './lambdas.ts';
import type { Host, Network } from './network.ts';
import type { Queues } from './queues.ts';
import type { Sockets } from './sockets.ts';
import type { Tables } from './table.ts';

const sdk = { attempts: 3, timeoutMs: 1_500 };

export type Mail = { readonly body: string; readonly by: Host };
export type Services = {
  readonly engine: Engine;
  readonly net: Network;
  readonly tables: Tables;
  readonly queues: Queues;
  readonly bus: Bus;
  readonly gateway: Gateway;
  /** Every mail that was taken. */
  readonly mails: Mail[];
  readonly lambdas: () => Lambdas;
  readonly sockets: () => Sockets;
};

type Answer = { readonly status: number; readonly text: string };

export const portsOn = ({ engine, net, tables, queues, bus, gateway, lambdas, sockets, mails }: Services) => {
  /** Mail and push services take everything. */
  const elsewhere = async (url: string, call: HttpCall, by: Host): Promise<Answer> => {
    if (url.startsWith('https://gateway')) return gateway.receive(url, call, by.of);
    if (url.startsWith('https://mailbox')) mails.push({ body: call.body ?? '', by });
    return { status: 200, text: '{}' };
  };

  return (of: Host): Ports<keyof Clients> => {
    const at = <T>(service: 'queue' | 'bus', run: () => T): Promise<T> =>
      net.call(of, service, () => ({ answer: run() }), sdk);
    return {
      now: () => lambdas().clockOf(of)(),
      random: () => engine.random.below(2 ** 32) / 2 ** 32,
      pause: engine.pause,
      http: async (url, call) => {
        const once = { attempts: 1, timeoutMs: call.timeoutMs };
        return await net.call(of, 'gateway', () => ({ answer: elsewhere(url, call, of) }), once);
      },
      readText: async (path) => {
        throw Object.assign(new Error(`there is no file ${path}`), { code: 'ENOENT' });
      },
      readSecret: async (id) => {
        throw new Error(`there is no secret ${id}`);
      },
      dynamo: clientWith((command) => {
        const work = () => {
          const begun = tables.begin(command, of);
          return 'commit' in begun ? { second: begun.commit } : { answer: begun.output };
        };
        return net.call(of, 'table', work, sdk);
      }),
      queues: {
        send: (url, body, attributes = {}) => at('queue', () => queues.find(url).put(body, attributes, 0)),
        sendAll: (url, all) =>
          at('queue', () => {
            for (const { body, delaySeconds } of all) queues.find(url).put(body, {}, delaySeconds * 1_000);
          }),
        delay: (url, receipt, seconds) => at('queue', () => queues.find(url).delay(receipt, seconds)),
      },
      bus: (name, events) => at('bus', () => bus.put(name, events)),
      postToConnection: (_, connectionId, body) =>
        net.call(of, 'people', () => ({ answer: sockets().post(connectionId, body, of) }), sdk),
    };
  };
};
