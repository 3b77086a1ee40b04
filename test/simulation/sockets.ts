/** The sockets of apps: opened through our own function, ended by the network, opened again by the app. */
import type { Engine } from './engine.ts';
import type { Faults } from './faults.ts';
import type { Lambdas } from './lambdas.ts';
import type { Host } from './network.ts';
import type { Blueprint } from './plans.ts';

export type Notice = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly id: string;
  readonly rideId?: string;
};
type Socket = { readonly sub: string; readonly onNotice: (notice: Notice) => void };
type Options = {
  readonly engine: Engine;
  readonly faults: Faults;
  readonly lambdas: () => Lambdas;
  readonly blueprint: Blueprint;
};

const longestMs = 2 * 3_600_000;

export const sockets = ({ engine, faults, lambdas, blueprint }: Options) => {
  const open = new Map<string, Socket>();
  /** The ids under which a driver was shown a ride: an app drops what has an id it knows. */
  const offers = new Map<string, Set<string>>();
  /** Who posted a notice of a ride to a person. */
  const shown = new Map<string, Host[]>();
  let count = 0;
  const target = blueprint.functions.find(({ name }) => name === 'notify-socket')?.arn;
  if (!target) throw new Error('the template has no function for sockets');

  const report = (sub: string, connectionId: string, eventType: 'CONNECT' | 'DISCONNECT') =>
    lambdas().invoke(target, {
      requestContext: {
        eventType,
        connectionId,
        routeKey: `$${eventType.toLowerCase()}`,
        authorizer: { principalId: sub },
      },
    });
  const noteOffer = (of: string, id: string): void => {
    offers.set(of, (offers.get(of) ?? new Set()).add(id));
  };
  const connect = async (socket: Socket): Promise<void> => {
    count += 1;
    const connectionId = `socket-${count}`;
    const outcome = await report(socket.sub, connectionId, 'CONNECT');
    if (!outcome.ok) return engine.after(1_000 + engine.random.below(5_000), () => void connect(socket));
    open.set(connectionId, socket);
    engine.after(faults.socketLife() ?? longestMs, () => {
      open.delete(connectionId);
      // A lost $disconnect leaves the connection's item behind.
      if (engine.random.chance(0.9)) void report(socket.sub, connectionId, 'DISCONNECT');
      engine.after(1_000 + engine.random.below(5_000), () => void connect(socket));
    });
  };
  return {
    connect,
    offers,
    shown,
    /** @returns whether the connection is open */
    post: (connectionId: string, body: string, by: Host): boolean => {
      const socket = open.get(connectionId);
      if (!socket) return false;
      const notice = JSON.parse(body) as Notice;
      const news = `${socket.sub} ${notice.type} ${notice.id}`;
      if (notice.rideId !== undefined) shown.set(news, [...(shown.get(news) ?? []), by]);
      if (notice.type === 'NEW_RIDE_REQUEST') noteOffer(`${socket.sub} ${notice.rideId}`, notice.id);
      socket.onNotice(notice);
      return true;
    },
  };
};
export type Sockets = ReturnType<typeof sockets>;
