/** A message of one of our queues: one declaration for its sender and its worker. */
import type * as z from 'zod/mini';
import { parseWith, type Schema } from '../kernel/schema.ts';

export type MessageDeclaration<Sent, Received> = {
  readonly write: (message: Sent) => string;
  /** @throws {Invalid} naming the fields that are wrong */
  readonly read: (text: string) => Received;
};
export type MessageOf<Declaration> = Declaration extends MessageDeclaration<never, infer Received> ? Received : never;

export const message = <Of extends z.ZodMiniType>(schema: Of): MessageDeclaration<z.input<Of>, z.output<Of>> => ({
  write: JSON.stringify,
  read: (text) => parseWith(schema as unknown as Schema<z.output<Of>>, text),
});
