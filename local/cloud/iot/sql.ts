/** The part of IoT SQL that rules here may use: fields of the payload, three functions, and one topic filter. */
import { isRecord, type Json } from '../../json.ts';

export type Published = {
  readonly topic: string;
  readonly clientId: string;
  readonly payload: Uint8Array;
  readonly at: number;
};

/** The payload is neither JSON nor empty; AWS counts it (`ParseError`) and the rule does nothing. */
export class NotJson extends Error {}

type Item = { readonly name: string; readonly value: (message: Published, fields: Json) => unknown };

const statement = /^\s*SELECT\s+(?<items>[^']+?)\s+FROM\s+'(?<filter>[^']+)'\s*$/i;
const item =
  /^(?:topic\((?<level>\d+)\)|(?<call>clientid|timestamp)\(\)|(?<field>[a-z_]\w*))(?:\s+AS\s+(?<name>[a-z_]\w*))?$/i;

/** @throws with the place of what is not known here */
export const compileSql = (sql: string, place: string) => {
  const { items, filter } = statement.exec(sql)?.groups ?? {};
  if (items === undefined || filter === undefined)
    throw new Error(`${place}: only SELECT … FROM '…' is known here, not ${sql}`);
  const compiled = items.split(',').map((text) => compileItem(text.trim(), place));
  return {
    matches: topicFilter(filter, place),
    /** What the rule hands to its actions. A field that is not in the payload is left out. @throws NotJson */
    select: (message: Published): Json => {
      const fields = fieldsOf(message.payload);
      const found = compiled.map(({ name, value }) => [name, value(message, fields)] as const);
      return Object.fromEntries(found.filter(([, value]) => value !== undefined));
    },
  };
};

const compileItem = (text: string, place: string): Item => {
  const { level, call, field, name } = item.exec(text)?.groups ?? {};
  if (field !== undefined)
    return { name: name ?? field, value: (_, fields) => (Object.hasOwn(fields, field) ? fields[field] : undefined) };
  if (name === undefined) throw new Error(`${place}: SELECT ${text} is not known here`);
  if (level !== undefined) return { name, value: ({ topic }) => topic.split('/')[Number(level) - 1] };
  return { name, value: call?.toLowerCase() === 'timestamp' ? ({ at }) => at : ({ clientId }) => clientId };
};

/** JSON that is not an object has no fields. */
const fieldsOf = (payload: Uint8Array): Json => {
  if (payload.length === 0) return {};
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    return isRecord(value) ? value : {};
  } catch (cause) {
    throw new NotJson('the payload is not JSON', { cause });
  }
};

/** `+` is one level, `#` at the end all that follow. */
const topicFilter = (filter: string, place: string): ((topic: string) => boolean) => {
  const levels = filter.split('/');
  const last = levels.length - 1;
  levels.forEach((level, i) => {
    if (/[+#]/.test(level) && (level.length > 1 || (level === '#' && i < last)))
      throw new Error(`${place}: ${filter} is not a topic filter`);
  });
  return (topic) => {
    const parts = topic.split('/');
    const open = levels[last] === '#';
    if (open ? parts.length < last : parts.length !== levels.length) return false;
    return levels.every((level, i) => level === '#' || level === '+' || level === parts[i]);
  };
};
