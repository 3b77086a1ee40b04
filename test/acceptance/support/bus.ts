/** Events put on the bus from outside, as the outbox would: for what follows from an event, whatever causes it. */
import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { stack } from './stack.ts';

const local = { region: 'ap-southeast-3', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** `source`: the context, `payments`. */
export const publish = async (source: string, ...details: readonly { readonly type: string }[]): Promise<void> => {
  const client = new EventBridgeClient({ ...local, endpoint: stack().events });
  for (let i = 0; i < details.length; i += 10)
    await client.send(
      new PutEventsCommand({
        Entries: details.slice(i, i + 10).map((detail) => ({
          EventBusName: 'tuntas-local',
          Source: `tuntas.${source}`,
          DetailType: detail.type,
          Detail: JSON.stringify(detail),
        })),
      }),
    );
  client.destroy();
};

const inState = async (work: (client: DynamoDBClient, table: string) => Promise<unknown>): Promise<void> => {
  const client = new DynamoDBClient({ ...local, endpoint: stack().dynamodb });
  await work(client, stack().tables.state);
  client.destroy();
};
const seconds = (fromNow: number): string => String(Math.ceil(Date.now() / 1_000) + fromNow);

/** The address a rider gave with an earlier payment. */
export const knownAddress = (sub: string, email: string): Promise<void> =>
  inState((client, TableName) =>
    client.send(
      new PutItemCommand({
        TableName,
        Item: {
          pk: { S: `USER#${sub}` },
          sk: { S: 'CONTACT' },
          email: { S: email },
          expiresAt: { N: seconds(86_400) },
        },
      }),
    ),
  );

/** Stage local has ten. */
const seats = Array.from({ length: 10 }, (_, n) => ({ pk: { S: 'LIVE#SEATS' }, sk: { S: `SEAT#00${n}` } }));

/** Takes all seats, as ten other operators would. */
export const takeAllSeats = (): Promise<void> =>
  inState((client, TableName) => {
    const taken = {
      stream: { S: 'others' },
      takenUntil: { N: String(Date.now() + 60_000) },
      expiresAt: { N: seconds(60) },
    };
    return Promise.all(
      seats.map((seat) => client.send(new PutItemCommand({ TableName, Item: { ...seat, ...taken } }))),
    );
  });

export const freeSeats = (): Promise<void> =>
  inState((client, TableName) =>
    Promise.all(seats.map((Key) => client.send(new DeleteItemCommand({ TableName, Key })))),
  );

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** An order number that no other test uses. */
export const someOrder = (): string =>
  `TNT-20261121-${Array.from({ length: 7 }, () => alphabet[Math.floor(Math.random() * 32)]).join('')}`;

export const settledEvent = (orderId: string) => ({
  id: `${orderId}-1795232640/PAYMENT/3`,
  type: 'payment.settled',
  orderId,
  paymentRef: `${orderId}-1795232640`,
  riderId: 'rider-1',
  method: 'qris',
  amount: 120_000,
  version: 3,
  at: new Date().toISOString(),
  transactionId: 't-1',
  captured: false,
});

export const paidEvent = (orderId: string, riderId: string) => ({
  id: `${orderId}/ORDER/3`,
  type: 'order.paid',
  orderId,
  riderId,
  driverId: 'driver-1',
  version: 3,
  at: new Date().toISOString(),
  fare: 120_000,
  paymentRef: `${orderId}-1795232640`,
  method: 'qris',
});
