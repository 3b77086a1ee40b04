/** The predictor as the functions have it: always asked, believed where its flag is on and nobody holds it. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type FlagSource, fileSource, type Holds, holds, isOn } from '../platform/flags.ts';
import type { Predictor } from './commands.ts';
import model from './predictor.json' with { type: 'json' };
import { predict } from './predictor.ts';

const flag = 'ezpay-predictor';

export type PredictorDeps = { readonly flags: FlagSource } & Pick<Holds, 'isHeld'>;

/** The hold is read once in 5 s, and only where the flag is on. */
export const flaggedPredictor =
  ({ flags, isHeld }: PredictorDeps): Predictor =>
  async (orderId) =>
    predict(model, isOn(await flags(), flag, orderId) && !(await isHeld(flag)));

/** @param table name of the State table */
export const predictorFrom = (client: DynamoDBClient, table: string): Predictor =>
  flaggedPredictor({
    flags: fileSource(process.env.TUNTAS_FLAGS, Date.now),
    isHeld: holds(client, table, Date.now).isHeld,
  });
