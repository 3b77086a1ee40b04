/** Where a person gets mail. Personal data: an item that expires; never in an event, a log line or the story. */
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Instant } from '../kernel/types.ts';
import { fromItem, toItem } from '../platform/dynamo.ts';
import type { Dynamo } from '../platform/ports.ts';

export type Language = 'id' | 'en';
/** `language` only when it is known. */
export type Contact = { readonly email: string; readonly language?: Language | undefined };
export type Contacts = ReturnType<typeof contacts>;

/** Expires so long after it was last used. */
const lifetimeSeconds = 90 * 86_400;
/** An unchanged contact is written again only after so long, so that most payments cost a read and no write. */
const renewSeconds = 30 * 86_400;

type Stored = Contact & { readonly expiresAt: number };

/** @param table name of the State table */
export const contacts = (dynamo: Dynamo, table: string) => {
  const keyOf = (sub: string) => toItem({ pk: `USER#${sub}`, sk: 'CONTACT' });
  const stored = async (sub: string): Promise<Stored | undefined> => {
    const { Item } = await dynamo.send(new GetItemCommand({ TableName: table, Key: keyOf(sub) }));
    return Item && fromItem<Stored>(Item);
  };
  const find = async (sub: string, at: Instant): Promise<Contact | undefined> => {
    const found = await stored(sub);
    if (!found || found.expiresAt <= at / 1_000) return undefined;
    return { email: found.email, language: found.language };
  };
  const remember = async (sub: string, { email, language }: Contact, at: Instant): Promise<void> => {
    const seconds = Math.ceil(at / 1_000);
    const known = await stored(sub);
    const isSame = known?.email === email && (language === undefined || known.language === language);
    if (isSame && known.expiresAt > seconds + lifetimeSeconds - renewSeconds) return;
    const Item = {
      ...keyOf(sub),
      ...toItem({ email, language: language ?? known?.language, expiresAt: seconds + lifetimeSeconds }),
    };
    await dynamo.send(new PutItemCommand({ TableName: table, Item }));
  };
  return { find, remember };
};
