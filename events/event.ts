/** One declaration per event: its source, type, meaning and fields. Schema, type and constructor come from it. */
import * as z from 'zod/mini';
import type { Fact } from '../functions/kernel/decision.ts';

type Fields = Readonly<Record<string, z.ZodMiniType>>;
type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;
type DataOf<Of extends Fields> = DeepReadonly<z.input<z.ZodMiniObject<Of>>>;

/** `id`: unique for one event of one write, the same in every copy. `version`: of the item. `at`: ISO 8601, UTC. */
const envelope = { id: z.string(), version: z.int().check(z.minimum(1)), at: z.iso.datetime() };

/**
 * What the events of one aggregate share: `source` on the bus, the aggregate's name and the field that is its id, and
 * their common fields. `per`: one write may make several events of one type, one for each value of this field.
 */
export type Source<Of extends Fields = Fields> = {
  readonly source: `tuntas.${string}`;
  readonly aggregate: string;
  readonly id: keyof Of & string;
  readonly fields: Of;
  readonly per?: string;
};

/** Called with the fields as they are published, it makes the fact that a decider returns. */
export type EventDeclaration<Type extends string = string, Of extends Fields = Fields> = {
  (data: DataOf<Of>): Fact<Type, DataOf<Of>>;
  readonly type: Type;
  readonly of: Source;
  readonly meaning: string;
  readonly schema: z.ZodMiniObject<typeof envelope & { readonly type: z.ZodMiniLiteral<Type> } & Of>;
};

// Without side effects, so that a function's bundle holds the events it uses and no others.
// @__NO_SIDE_EFFECTS__
export const event = <Common extends Fields, const Type extends string, Own extends Fields>(
  of: Source<Common>,
  type: Type,
  meaning: string,
  fields: Own,
): EventDeclaration<Type, Common & Own> => {
  const { source, per } = of;
  const make = (data: Readonly<Record<string, unknown>>) => ({
    type,
    source,
    data,
    ...(per ? { per: String(data[per]) } : {}),
  });
  const schema = z.object({ ...envelope, type: z.literal(type), ...of.fields, ...fields });
  return Object.assign(make, { type, of, meaning, schema }) as unknown as EventDeclaration<Type, Common & Own>;
};

type Declared = { readonly schema: z.ZodMiniType };

/** One of several events, distinguished by their type. */
// @__NO_SIDE_EFFECTS__
export const anyOf = <const Declarations extends readonly [Declared, ...Declared[]]>(...declarations: Declarations) =>
  z.discriminatedUnion('type', declarations.map(({ schema }) => schema) as never) as unknown as z.ZodMiniType<
    EventOf<Declarations[number]>
  >;

/** An event as its consumer gets it. */
export type EventOf<Declaration extends Declared> = Declaration extends Declared
  ? z.output<Declaration['schema']>
  : never;

/** The facts that the declarations of a module make: `FactOf<typeof import('./order.ts')>`. */
export type FactOf<Declarations> = {
  [Name in keyof Declarations]: Declarations[Name] extends (data: never) => infer Made ? Extract<Made, Fact> : never;
}[keyof Declarations];
