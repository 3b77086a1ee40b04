/** A scan and a report race through the composed functions, in every order of their reads and writes. */
import { afterAll, describe, expect, it } from 'vitest';
import { changeArgo, ezpayDeps } from '../../functions/ezpay/commands.ts';
import { compose as composeEvents } from '../../functions/ezpay/events.compose.ts';
import { compose as composeApi } from '../../functions/ezpay/ezpay.compose.ts';
import type { Mode } from '../../functions/ezpay/ezpay.ts';
import { compose as composeMeterReports } from '../../functions/ezpay/meter-reports.compose.ts';
import type { Dynamo } from '../../functions/platform/ports.ts';
import { at, car, driver } from '../support/ezpay.ts';
import { asRider, deviceMessage, settingsOf } from '../support/ezpay-world.ts';
import { httpEvent } from '../support/http.ts';
import { type Actor, everyOrder, interleave } from '../support/interleaving.ts';
import { logLines } from '../support/log.ts';
import { memoryTable } from '../support/memory-table.ts';
import { testPorts } from '../support/ports.ts';
import { delivered } from '../support/queue.ts';
import { seeded } from '../support/random.ts';

logLines();

type Event = { readonly id: string; readonly source: string; readonly type: string; readonly sequence?: number };
type Input = {
  readonly TableName?: string;
  readonly TransactItems?: unknown;
} & Readonly<
  Partial<Record<'Key' | 'Item' | 'ExpressionAttributeValues', Readonly<Record<string, { readonly S?: string }>>>>
>;

/** Actors race for the items of cars and scans; what else a function reads and writes is done at once. */
const isRacedFor = ({ TableName, TransactItems, Key, Item, ExpressionAttributeValues = {} }: Input): boolean =>
  TransactItems !== undefined ||
  (TableName === 'State' &&
    (Key ?? Item)?.sk?.S !== 'ORDER' &&
    /^(ORDER|CAR)#/.test((Key ?? Item)?.pk?.S ?? Object.values(ExpressionAttributeValues)[0]?.S ?? ''));

/** What the rules of the bus bring to the queue of EzPay. */
const isSubscribed = ({ source, type }: Event): boolean =>
  source !== 'tuntas.orders' || type.startsWith('order.finish-');

const street = async (mode: Mode) => {
  const bus: Event[] = [];
  const table = memoryTable(({ table: name, item }) => {
    if (name === 'State' && item?.outbox?.S) bus.push(...(JSON.parse(item.outbox.S) as Event[]));
  });
  const { ports, clock, messagesTo } = testPorts({ table });
  clock.set(at(0));
  const own = settingsOf({ mode });
  const on = (dynamo: Dynamo) => {
    const send = (command: { readonly input: Input }) =>
      (isRacedFor(command.input) ? dynamo : ports.dynamo).send(command as never);
    return { ...ports, dynamo: { send } as Dynamo };
  };
  const work = (dynamo: Dynamo, events: readonly Event[]) => composeEvents(on(dynamo), own)(delivered(events));
  const taken = (wanted: (event: Event) => boolean): readonly Event[] => {
    const found = bus.filter(wanted);
    for (const event of found) bus.splice(bus.indexOf(event), 1);
    return found;
  };
  const scan =
    (sub: string): Actor =>
    (dynamo) =>
      composeApi(
        on(dynamo),
        own,
      )(httpEvent({ method: 'POST', path: '/ezpay', ...asRider(sub), body: { car, paymentMethod: 'gopay' } }));
  await changeArgo(ezpayDeps(ports, own), car, { type: 'drive', driverId: driver, drives: true, at: at(-60) });
  return {
    table,
    scan,
    /** The scan, and its own event at the worker. */
    scanAndEvent: (async (dynamo) => {
      await scan('customer-1')(dynamo);
      await work(
        dynamo,
        taken(({ id }) => id.endsWith('/EZPAY/1')),
      );
    }) satisfies Actor,
    /** The report of the device, and its event at the worker. */
    report:
      (message: ReturnType<typeof deviceMessage>): Actor =>
      async (dynamo) => {
        await composeMeterReports(on(dynamo), own)(delivered([message]));
        await work(
          dynamo,
          taken(({ sequence }) => sequence === message.sequence),
        );
      },
    /** The remaining events reach the worker one batch after another. */
    settle: async () => {
      while (bus.length > 0) {
        const { batchItemFailures } = await work(ports.dynamo, bus.splice(0).filter(isSubscribed));
        expect([batchItemFailures, messagesTo('own-dead-letters')]).toEqual([[], []]);
      }
    },
    orders: () =>
      table
        .all('State')
        .filter(({ sk }) => sk === 'EZPAY')
        .map(({ state }) => state as { readonly status: string; readonly trip?: object }),
  };
};

const start = deviceMessage('STARTED', -1, { receivedAt: at(0) });

let races = 0;
afterAll(
  () =>
    void process.stdout.write(
      `[EZP-13] scan and report raced in ${races} orders of their reads and writes: 0 missed\n`,
    ),
);

describe('a scan races with the report of the start', () => {
  it.each(['async', 'strict'] as const)(
    '[EZP-13] %s: in every order of reads and writes the order knows its trip',
    async (mode) => {
      const endings = new Set<string>();
      const played = await everyOrder(async (choose) => {
        const { table, scanAndEvent, report, settle, orders } = await street(mode);
        // A transaction that stays longer between its phases is among the drawn races below.
        await interleave([scanAndEvent, report(start)], table, { choose, patience: 1 });
        const [order, ...others] = orders();
        expect([order?.trip, others]).toEqual([{ startedAt: at(-1) }, []]);
        endings.add(String(order?.status));
        await settle();
        expect(orders()).toEqual([order]);
      });
      races += played;
      expect(played).toBeGreaterThan(20);
      expect([...endings].toSorted()).toEqual(mode === 'async' ? ['CONFIRMED'] : ['CONFIRMED', 'REFUSED']);
    },
    120_000,
  );

  it('[EZP-13] without the scan’s own event the start would be missed: the race is real', async () => {
    const missed = new Set<boolean>();
    await everyOrder(async (choose) => {
      const { table, scan, report, orders } = await street('async');
      await interleave([scan('customer-1'), report(start)], table, { choose });
      missed.add(orders().some(({ status }) => status === 'WAITING'));
    });
    expect(missed).toContain(true);
  });
});

describe('a scan races with a start and a late stop', () => {
  it('[EZP-13] 2,000 drawn races: the order always ends with what both reports say together', async () => {
    const random = seeded(4);
    const stop = deviceMessage('STOPPED', -0.5, { sequence: 2, receivedAt: at(0) });
    for (let n = 0; n < 2_000; n += 1) {
      const { table, scanAndEvent, report, settle, orders } = await street('async');
      await interleave([scanAndEvent, report(start), report(stop)], table, { choose: (most) => random.below(most) });
      await settle();
      expect(orders()[0]?.trip).toBeUndefined();
    }
  }, 60_000);
});

describe('one customer scans from two phones', () => {
  it('[EZP-7] in every order of reads and writes there is one order', async () => {
    const played = await everyOrder(async (choose) => {
      const { table, scan, orders } = await street('async');
      await interleave([scan('customer-1'), scan('customer-1')], table, { choose });
      expect(orders()).toHaveLength(1);
    });
    expect(played).toBeGreaterThan(5);
  });
});
