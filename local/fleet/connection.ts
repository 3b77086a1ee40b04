/** A device's connection to the broker, over real MQTT: a message at QoS 1 counts as sent when it is acknowledged. */
import mqtt from 'mqtt';

export type Connection = Awaited<ReturnType<typeof connect>>;

/** @throws when the broker refuses the thing, or is unreachable */
export const connect = async ({ url, thing }: { readonly url: string; readonly thing: string }) => {
  const options = { clientId: thing, reconnectPeriod: 0, connectTimeout: 30_000, clean: true };
  const client = await mqtt.connectAsync(url, options, false);
  client.on('error', () => {});
  // One for each message under way.
  client.setMaxListeners(0);
  return {
    /** Resolves when the broker has it. @throws when the connection breaks before */
    publish: (topic: string, payload: string | Uint8Array, { qos = 1 }: { readonly qos?: 0 | 1 } = {}): Promise<void> =>
      new Promise((resolve, reject) => {
        const broken = (): void => reject(new Error(`the connection of ${thing} broke`));
        if (!client.connected) return broken();
        client.once('close', broken);
        client.publish(topic, Buffer.from(payload), { qos }, (error) => {
          client.off('close', broken);
          if (error) reject(error);
          else resolve();
        });
      }),
    isOpen: (): boolean => client.connected,
    close: (): Promise<void> => client.endAsync(),
  };
};
