/** A taximeter with its device: what it says is kept until the broker has acknowledged it, through lost coverage and power cuts. */
import { type Connection, connect } from './connection.ts';
import type { DeviceMessage } from './device.ts';

type Position = NonNullable<DeviceMessage['position']>;
export type MeterOptions = {
  /** The broker, `mqtt://…`. */
  readonly url: string;
  readonly car: string;
  /** The thing it connects as. */
  readonly thing?: string;
  /** The device's own clock, epoch ms; it may be wrong. */
  readonly clock?: () => number;
  /** Firmware that tells each power-on from the others. */
  readonly countsBoots?: boolean;
};
export type Meter = {
  readonly say: (kind: 'STARTED' | 'STOPPED' | 'PING', position?: Position) => DeviceMessage;
  /** Connects and sends what waits, in its order; resolves when all is acknowledged. Sends again what a broken line left open. */
  readonly online: () => Promise<void>;
  /** Out of coverage: what is said from now on waits. */
  readonly offline: () => Promise<void>;
  /** It counts from 1 again; what waits is in flash and stays. */
  readonly powerCut: () => Promise<void>;
  /** Sends a message once more, as a device does that has missed the acknowledgement. */
  readonly repeat: (message: DeviceMessage) => Promise<void>;
  readonly waiting: () => readonly DeviceMessage[];
};

const attempts = 5;

export const simulatedMeter = ({
  url,
  car,
  thing = `meter-${car}`,
  clock = Date.now,
  countsBoots = false,
}: MeterOptions): Meter => {
  const outbox: DeviceMessage[] = [];
  let [boot, sequence] = [1, 0];
  let line: Connection | undefined;
  let sending: Promise<void> | undefined;

  const send = (connection: Connection, message: DeviceMessage): Promise<void> =>
    connection.publish(`tuntas/cars/${car}/argo`, JSON.stringify(message));

  const drain = async (): Promise<void> => {
    for (let attempt = 1; outbox.length > 0; ) {
      try {
        if (!line?.isOpen()) line = await connect({ url, thing });
        const [first] = outbox;
        if (first) await send(line, first);
        outbox.shift();
      } catch (error) {
        attempt += 1;
        if (attempt > attempts) throw error;
      }
    }
  };
  const online = async (): Promise<void> => {
    while (outbox.length > 0) {
      sending ??= drain().finally(() => {
        sending = undefined;
      });
      await sending;
    }
  };
  const offline = async (): Promise<void> => {
    await sending?.catch(() => undefined);
    await line?.close();
    line = undefined;
  };

  return {
    say: (kind, position) => {
      sequence += 1;
      const message = {
        kind,
        sequence,
        ...(countsBoots ? { boot } : {}),
        deviceTime: clock(),
        ...(position ? { position } : {}),
      };
      outbox.push(message);
      return message;
    },
    online,
    offline,
    powerCut: async () => {
      await offline();
      boot += 1;
      sequence = 0;
    },
    repeat: async (message) => {
      if (!line?.isOpen()) line = await connect({ url, thing });
      await send(line, message);
    },
    waiting: () => outbox,
  };
};
