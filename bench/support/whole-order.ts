/** One order from the request for a ride to its receipt: what each step writes, next to the least it must. */
import type { Cost } from './costs.ts';
import { type Line, line, number, type Table } from './report.ts';
import { type Bench, steps, wholeRide } from './ride-writes.ts';
import { openGateway } from './simulated-gateway.ts';
import { least, ofOnePayment, wholePayment } from './whole-payment.ts';

type Counted = Pick<Cost, 'calls' | 'items' | 'written' | 'read'> & {
  readonly name: string;
  readonly least: { readonly items: number; readonly written: number; readonly read?: number };
};
type WholeOrder = { readonly ride: readonly Counted[]; readonly money: readonly Counted[] };

export const wholeOrder = async (bench: Bench): Promise<WholeOrder> => {
  const { id, ride } = await wholeRide(bench);
  const gateway = await openGateway();
  try {
    const money = await wholePayment(bench.database, gateway, id);
    return {
      ride: Object.entries(steps).map(([name, floor]) => ({ name, ...ride[name as keyof typeof steps], least: floor })),
      money: ofOnePayment.map((name) => ({ name, ...money[name], least: least[name] })),
    };
  } finally {
    await gateway.stop();
  }
};

const sum = (some: readonly Counted[], of: (one: Counted) => number): number =>
  some.reduce((total, one) => total + of(one), 0);
const total = (name: string, some: readonly Counted[]): Counted => ({
  name,
  calls: '',
  items: sum(some, ({ items }) => items),
  written: sum(some, ({ written }) => written),
  read: sum(some, ({ read }) => read),
  least: { items: sum(some, ({ least }) => least.items), written: sum(some, ({ least }) => least.written) },
});

const ratio = (measured: number, floor: number): string => (floor === 0 ? '' : (measured / floor).toFixed(2));
const rowOf = ({ name, calls, items, written, read, least: floor }: Counted): readonly string[] => [
  name,
  calls,
  ...[items, written, floor.items, floor.written].map(number),
  ratio(written, floor.written),
  number(read),
  floor.read === undefined ? '' : number(floor.read),
];

export const orderTable = ({ ride, money }: WholeOrder): Table => ({
  title: 'One order, step by step (WCU, RCU: capacity units of tables and indexes; "least" is explained below)',
  columns: ['step', 'calls', 'items', 'WCU', 'least items', 'least WCU', 'ratio', 'RCU', 'least RCU'],
  rows: [
    ...ride.map(rowOf),
    rowOf({
      ...total('the ride', ride),
      least: { ...total('', ride).least, read: sum(ride, ({ least }) => least.read ?? 0) },
    }),
    ...money.map(rowOf),
    rowOf(total('its money', money)),
    rowOf(total('the whole order', [...ride, ...money])),
  ],
});

export const orderLines = ({ ride, money }: WholeOrder): readonly Line[] => {
  const written = (some: readonly Counted[]) => ({
    measured: sum(some, (one) => one.written),
    floor: sum(some, ({ least }) => least.written),
    unit: 'WCU',
  });
  return [
    line('an order from its request to its money, written', {
      ...written([...ride, ...money]),
      limit: { of: 'ratio', atMost: 1.35 },
    }),
    line('of it the ride', written(ride)),
    line('of it the payment', { ...written(money), limit: { of: 'measured', atMost: 31 } }),
    line('a whole ride, read', {
      measured: sum(ride, ({ read }) => read),
      floor: sum(ride, ({ least }) => least.read ?? 0),
      unit: 'RCU',
    }),
  ];
};
