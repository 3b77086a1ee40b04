/** A client of the model of the table that counts its calls, and in which a test decides what meets each call. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientOf, clientWith, type MemoryTable } from './memory-table.ts';

/** What meets one call, in the order of the calls. Calls beyond the script are carried out. */
export type Meeting = {
  readonly before?: () => void | Promise<void>;
  readonly fails?: Error;
  readonly answerLost?: Error;
};

export const passes: Meeting = {};
export const failsWith = (error: Error): Meeting => ({ fails: error });
/** The call is carried out, its answer never arrives. */
export const answerLost = (error: Error): Meeting => ({ answerLost: error });
/** Another writer is faster. */
export const outrunBy = (before: () => void | Promise<void>): Meeting => ({ before });

export const scripted = (
  table: MemoryTable,
  ...script: readonly Meeting[]
): { readonly client: DynamoDBClient; readonly sent: readonly string[] } => {
  const sent: string[] = [];
  const real = clientOf(table);
  const client = clientWith(async (command) => {
    const { before, fails, answerLost: lost } = script[sent.length] ?? passes;
    sent.push((command as object).constructor.name.replace(/Command$/, ''));
    await before?.();
    if (fails) throw fails;
    const answer = await real.send(command as never);
    if (lost) throw lost;
    return answer;
  });
  return { client, sent };
};
