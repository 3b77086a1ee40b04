/** Events put on the bus from outside, as the outbox would: for what follows from an event, whoever causes it. */
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { stack } from './stack.ts';

const local = { region: 'ap-southeast-3', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** `source`: the context, `payments`. */
export const publish = async (source: string, ...details: readonly { readonly type: string }[]): Promise<void> => {
  const client = new EventBridgeClient({ ...local, endpoint: stack().events });
  for (let i = 0; i < details.length; i += 10)
    await client.send(
      new PutEventsCommand({
        Entries: details
          .slice(i, i + 10)
          .map((detail) => ({
            EventBusName: 'tuntas-local',
            Source: `tuntas.${source}`,
            DetailType: detail.type,
            Detail: JSON.stringify(detail),
          })),
      }),
    );
  client.destroy();
};

/** The address a rider left with an earlier payment. */
export const knownAddress = async (sub: string, email: string): Promise<void> => {
  const client = new DynamoDBClient({ ...local, endpoint: stack().dynamodb });
  const expiresAt = String(Math.ceil(Date.now() / 1_000) + 86_400);
  await client.send(
    new PutItemCommand({
      TableName: stack().tables.state,
      Item: { pk: { S: `USER#${sub}` }, sk: { S: 'CONTACT' }, email: { S: email }, expiresAt: { N: expiresAt } },
    }),
  );
  client.destroy();
};

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** An order number no other test has. */
export const someOrder = (): string => `TNT-20261121-${Array.from({ length: 7 }, () => alphabet[Math.floor(Math.random() * 32)]).join('')}`;

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
