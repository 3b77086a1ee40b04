/** The registry of things: which device is mounted in which car. */
import type { AdminRoute } from '../../server/control.ts';
import type { State } from '../state.ts';
import { z } from '../template/schema.ts';

export type Thing = { readonly name: string; readonly attributes: Readonly<Record<string, string>> };
export type Things = ReturnType<typeof openThings>;

const schema = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9:_-]{1,128}$/),
  attributes: z.record(z.string(), z.string().regex(/^[a-zA-Z0-9_.,@/:#=[\]-]{1,800}$/)).default({}),
});
const byConvention = /^meter-([A-Z0-9-]{2,16})$/;

/** Devices that were never registered are known by convention: `meter-B1234XYZ` is mounted in B1234XYZ. */
export const openThings = (state: State) => {
  const find = (name: string): Thing | undefined => {
    const registered = state.get('thing', name);
    if (registered !== undefined) return JSON.parse(registered) as Thing;
    const car = byConvention.exec(name)?.[1];
    return car === undefined ? undefined : { name, attributes: { car } };
  };
  const admin: AdminRoute = ({ rest, body }) => {
    if (body === undefined) return find(rest);
    const thing = schema.parse(body);
    state.set('thing', thing.name, JSON.stringify(thing));
    return thing;
  };
  return { find, admin };
};
