/** What the money of one order writes: the charge, the settlement, and everything that follows from them. */
import { openDatabase } from './database.ts';
import { line, number, type Part } from './report.ts';
import { openGateway } from './simulated-gateway.ts';
import { least, ofOnePayment, type Step, wholePayment } from './whole-payment.ts';

const settlement = 'its settlement is notified, its order is PAID';

export const writesPart = async (): Promise<Part> => {
  const database = await openDatabase();
  const gateway = await openGateway();
  try {
    const found = await wholePayment(database, gateway);
    const steps = Object.keys(least) as Step[];
    const sum = (of: (step: Step) => number): number => ofOnePayment.reduce((total, step) => total + of(step), 0);
    const writesTo = (step: Step, sortKey: RegExp): number =>
      found[step].keys.filter((key) => sortKey.test(key)).length;
    const exactly = (figure: string, measured: number, floor: number) =>
      line(figure, { measured, floor, limit: { of: 'ratio', atMost: 1 } });
    return {
      lines: [
        exactly('charge, writes to State: intent, answer', found['charge: POST /orders/{id}/payments'].stateWrites, 2),
        exactly('charge, of them to the payment', writesTo('charge: POST /orders/{id}/payments', /^PAYMENT#/), 2),
        exactly('settlement, writes to the payment', writesTo(settlement, /^PAYMENT#/), 1),
        exactly('settlement, writes to the order', writesTo(settlement, /^ORDER$/), 1),
        exactly('settlement, writes to State in all: one transaction', found[settlement].stateWrites, 1),
        line('settlement, writes to State by the worker of orders', {
          measured: found['the order reads its payments'].stateWrites,
          limit: { of: 'measured', atMost: 0 },
        }),
        line('a second copy and a "pending", writes to State', {
          measured:
            found['its settlement is notified again'].stateWrites + found['its "pending" is notified'].stateWrites,
          limit: { of: 'measured', atMost: 0 },
        }),
        line('a whole payment, written', {
          measured: sum((step) => found[step].written),
          floor: sum((step) => least[step].written),
          unit: 'WCU',
          limit: { of: 'measured', atMost: 31 },
        }),
      ],
      details: [
        {
          title: 'What one payment costs in the tables (WCU, RCU: capacity units of tables and indexes)',
          columns: ['step', 'calls', 'items', 'WCU', 'RCU', 'least items', 'least WCU'],
          rows: [
            ...steps.map((step) => [
              step,
              found[step].calls,
              ...[found[step].items, found[step].written, found[step].read, least[step].items, least[step].written].map(
                number,
              ),
            ]),
            [
              'whole payment, the first eight steps',
              '',
              ...[
                sum((step) => found[step].items),
                sum((step) => found[step].written),
                sum((step) => found[step].read),
                sum((step) => least[step].items),
                sum((step) => least[step].written),
              ].map(number),
            ],
          ],
        },
      ],
      notes: [
        `Writes: counted at the DynamoDB client, with the units the emulator reports. The intent is a transaction of
          the payment and its order, and so is the settlement: one write, two items, each billed twice.`,
        `In addition: the rider’s address with their first payment (1 WCU, renewed after 30 days); the breaker’s
          state, read once a second and function. A refused condition is billed like the write.`,
        `A line of the sync log holds the notification as received; receipts are claimed before they are sent and
          marked after.`,
      ],
    };
  } finally {
    await gateway.stop();
    await database.stop();
  }
};
