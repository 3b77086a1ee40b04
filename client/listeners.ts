/** Listeners by type of event. */

export type Listen<Events> = <Name extends keyof Events>(
  name: Name,
  listener: (event: Events[Name]) => unknown,
) => () => void;

/** An error in a listener becomes an unhandled rejection of the app and stops no other listener. */
const call = async <Event>(listener: (event: Event) => unknown, event: Event): Promise<void> => {
  await listener(event);
};

export const listeners = <Events extends object>() => {
  const lists: { [Name in keyof Events]?: Set<(event: Events[Name]) => unknown> } = {};
  const on: Listen<Events> = (name, listener) => {
    const list = lists[name] ?? new Set();
    lists[name] = list;
    list.add(listener);
    return () => void list.delete(listener);
  };
  const emit = <Name extends keyof Events>(name: Name, event: Events[Name]): void => {
    for (const listener of [...(lists[name] ?? [])]) void call(listener, event);
  };
  return { on, emit };
};
