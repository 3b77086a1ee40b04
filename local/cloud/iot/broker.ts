/** The message broker of the devices: MQTT 3.1.1 with the limits of IoT Core. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Aedes, AuthErrorCode, AuthenticateError, Client } from 'aedes';
import { loopback } from '../../server/ports.ts';
import type { May } from './policy.ts';
import type { Published } from './sql.ts';
import type { Things } from './things.ts';

type BrokerOptions = {
  readonly port: number;
  readonly things: Pick<Things, 'find'>;
  readonly may: May;
  /** Before a message is acknowledged; what it throws disconnects the client, who sends again. */
  readonly onPublish: (message: Published) => void;
  readonly log: (line: object) => void;
};

const largest = 128 * 1024;
const notAuthorized: AuthErrorCode.NOT_AUTHORIZED = 5;

export const startBroker = async ({ port, things, may, onPublish, log }: BrokerOptions) => {
  const refuse = (client: Client | null, reason: string): Error => {
    log({ client: client?.id, refused: reason });
    return new Error(reason);
  };
  const open = async (): Promise<Aedes> => {
    const { Aedes } = await import('aedes');
    return Aedes.createBroker({
      maxClientsIdLength: 128,
      authenticate: (client, _username, _password, done) => {
        const thing = things.find(client.id);
        if (thing && may(thing, 'iot:Connect', `client/${client.id}`)) return done(null, true);
        const why = thing ? 'the policy does not let it connect' : 'no thing has this name';
        done(Object.assign(refuse(client, why), { returnCode: notAuthorized }) as AuthenticateError, false);
      },
      authorizeSubscribe: (client, { topic }, done) => {
        refuse(client, `devices read nothing, it may not subscribe to ${topic}`);
        done(null, null);
      },
      authorizePublish: (client, { topic, payload, qos, retain }, done) => {
        const thing = client ? things.find(client.id) : undefined;
        const bytes = Buffer.from(payload);
        if (!client || !thing || !may(thing, 'iot:Publish', `topic/${topic}`))
          return done(refuse(client, `it may not publish to ${topic}`));
        if (retain && !may(thing, 'iot:RetainPublish', `topic/${topic}`))
          return done(refuse(client, 'it may not have messages retained'));
        if (qos > 1) return done(refuse(client, 'there is no QoS 2'));
        if (bytes.length > largest)
          return done(refuse(client, `${bytes.length} bytes are more than a message may have`));
        try {
          onPublish({ topic, clientId: client.id, payload: bytes, at: Date.now() });
          done();
        } catch (error) {
          done(refuse(client, String(error)));
        }
      },
    });
  };

  // Opened with the first client: a stack without devices need not wait for it.
  let broker: Promise<Aedes> | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    broker ??= open();
    broker.then(
      ({ handle }) => handle(socket),
      (error: unknown) => {
        log({ error: String(error) });
        socket.destroy();
      },
    );
  });
  await once(server.listen(port, loopback), 'listening');
  return {
    url: `mqtt://${loopback}:${port}`,
    stop: async (): Promise<void> => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const opened = await broker?.catch(() => undefined);
      await new Promise<void>((resolve) => (opened ? opened.close(resolve) : resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};
