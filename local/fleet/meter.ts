/** A taximeter with its device: reports are kept until the broker has acknowledged them, through power cuts too. */
import { type Connection, connect } from './connection.ts';
import type { DeviceMessage } from './device.ts';

export type MeterOptions = {
  /** The broker, `mqtt://…`. */
  readonly url: string;
  readonly car: string;
  /** The thing it connects as. */
  readonly thing?: string;
  /** The device's own clock, epoch ms; it may be wrong. */
  readonly clock?: () => number;
  /** Its firmware counts its power-ons. */
  readonly countsBoots?: boolean;
};

const mostAttempts = 5;

export const simulatedMeter = (options: MeterOptions) => {
  const { url, car, thing = `meter-${car}`, clock = Date.now, countsBoots = false } = options;
  const outbox: DeviceMessage[] = [];
  let [boot, sequence] = [1, 0];
  let connection: Connection | undefined;
  let sending: Promise<void> | undefined;

  const send = async (message: DeviceMessage): Promise<void> => {
    if (!connection?.isOpen()) connection = await connect({ url, thing });
    await connection.publish(`tuntas/cars/${car}/argo`, JSON.stringify(message));
  };

  const drain = async (): Promise<void> => {
    let failures = 0;
    for (let first = outbox[0]; first; first = outbox[0]) {
      try {
        await send(first);
        outbox.shift();
      } catch (error) {
        failures += 1;
        if (failures === mostAttempts) throw error;
      }
    }
  };

  const offline = async (): Promise<void> => {
    await sending?.catch(() => undefined);
    await connection?.close();
    connection = undefined;
  };

  return {
    /** Takes a report into the outbox. */
    report: (kind: DeviceMessage['kind'], position?: DeviceMessage['position']): DeviceMessage => {
      sequence += 1;
      const counted = { kind, sequence, ...(countsBoots && { boot }) };
      const message = { ...counted, deviceTime: clock(), ...(position && { position }) };
      outbox.push(message);
      return message;
    },
    /** Connects and sends what waits, in order, until all is acknowledged, over several connections if needed. */
    online: async (): Promise<void> => {
      while (outbox.length > 0) {
        sending ??= drain().finally(() => {
          sending = undefined;
        });
        await sending;
      }
    },
    /** Out of coverage: reports wait from now on. */
    offline,
    /** It counts from 1 again; what waits is in flash and stays. */
    powerCut: async (): Promise<void> => {
      await offline();
      boot += 1;
      sequence = 0;
    },
    /** Sends a message once more, as a device does that has missed the acknowledgement. */
    repeat: send,
    waiting: (): readonly DeviceMessage[] => outbox,
  };
};
