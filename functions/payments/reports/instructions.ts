/** What the customer needs to pay: whether all of it is known, and how what one source shows compares with another. */
import type { Instructions, Method } from '../payment.ts';

type Field = keyof Instructions;

const comparable = (instructions: Instructions, field: Field): unknown =>
  field === 'actions' ? instructions.actions?.map(({ name, url }) => `${name} ${url}`).join('\n') : instructions[field];

/** The fields of `shown` that `known` does not have, or has with another value. */
export const differences = (shown: Instructions, known: Instructions): readonly Field[] =>
  (Object.keys(shown) as Field[]).filter(
    (field) => shown[field] !== undefined && comparable(shown, field) !== comparable(known, field),
  );

/** Not taken from a notification either, but another time to pay sends no money elsewhere. */
const harmless: ReadonlySet<Field> = new Set(['expiresAt']);

/** The fields that would send money to where none of the gateway's own answers sends it. */
export const unconfirmed = (shown: Instructions, ...answers: readonly Instructions[]): readonly Field[] =>
  answers
    .reduce(
      (left, answer) => left.filter((field) => differences(shown, answer).includes(field)),
      differences(shown, {}),
    )
    .filter((field) => !harmless.has(field));

/** Whether the customer can pay with them. Of QR codes, wallets and cards only the answer to the charge has them. */
export const isComplete = (method: Method, instructions: Instructions): boolean => {
  const has = (field: Field): boolean => instructions[field] !== undefined;
  if (method === 'mandiri_bill') return has('billerCode') && has('billKey');
  if (method === 'qris') return has('qrString') || has('actions');
  if (method === 'gopay') return has('actions');
  return has(method === 'card' ? 'redirectUrl' : 'vaNumber');
};
