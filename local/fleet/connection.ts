/** A device's line to the broker, over real MQTT: what is published at QoS 1 counts as sent when it is acknowledged. */
import mqtt, { type MqttClient } from 'mqtt';

export type Connection = {
  /** Resolves when the broker has it. @throws when the line breaks before */
  readonly publish: (topic: string, payload: string | Uint8Array, options?: { readonly qos?: 0 | 1 }) => Promise<void>;
  readonly isOpen: () => boolean;
  readonly close: () => Promise<void>;
};

export type ConnectOptions = { readonly url: string; readonly thing: string };

/** @throws when the broker refuses the thing, or is not there */
export const connect = async ({ url, thing }: ConnectOptions): Promise<Connection> => {
  const client: MqttClient = await mqtt.connectAsync(
    url,
    { clientId: thing, reconnectPeriod: 0, connectTimeout: 5_000, clean: true },
    false,
  );
  client.on('error', () => {});
  // One for each message under way.
  client.setMaxListeners(0);
  return {
    publish: (topic, payload, { qos = 1 } = {}) =>
      new Promise((resolve, reject) => {
        const broken = (): void => reject(new Error(`the line of ${thing} broke`));
        if (!client.connected) return broken();
        client.once('close', broken);
        client.publish(topic, Buffer.from(payload), { qos }, (error) => {
          client.off('close', broken);
          if (error) reject(error);
          else resolve();
        });
      }),
    isOpen: () => client.connected,
    close: () => client.endAsync(),
  };
};
