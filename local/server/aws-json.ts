/** Answers AWS's JSON protocol on the host's own port: one operation per X-Amz-Target. */
import type { IncomingMessage } from 'node:http';
import type * as z from 'zod';
import { json, type Reply, readBody } from './http.ts';

type AwsOperation = (input: unknown) => unknown;
export type AwsOperations = Readonly<Record<string, AwsOperation>>;

export class AwsError extends Error {
  override readonly name: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = code;
    this.status = status;
  }
}

/** An operation with its input parsed; input that does not fit is refused with the code. */
export const operation =
  <Schema extends z.ZodType>(code: string, schema: Schema, run: (input: z.infer<Schema>) => unknown): AwsOperation =>
  (input) => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) throw new AwsError(code, parsed.error.message);
    return run(parsed.data);
  };

const largestBody = 2_000_000;

export const answerAws = async (request: IncomingMessage, operations: AwsOperations): Promise<Reply> => {
  const target = String(request.headers['x-amz-target']);
  const headers = { 'content-type': String(request.headers['content-type'] ?? 'application/x-amz-json-1.1') };
  try {
    const run = operations[target];
    if (!run) throw new AwsError('UnknownOperationException', `the local stack does not know ${target}`, 404);
    const body = await readBody(request, largestBody);
    return json(200, (await run(JSON.parse(body.toString() || '{}'))) ?? {}, headers);
  } catch (error) {
    const known = error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500);
    return json(known.status, { __type: known.name, message: known.message }, headers);
  }
};
