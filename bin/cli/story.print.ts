/** A story for people: when, who, what. */
import { catalogue } from '../../events/catalogue.ts';
import type { StoryLine } from '../../functions/ops/story.store.ts';
import { ezpayEvents } from './story.ezpay.ts';
import { type Fields, moneyEvents, type Phrase, type Phrases, text, webhookPhrase } from './story.money.ts';
import { columns } from './table.ts';

const names = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : '');
/** Words before the names, when there are any. */
const some = (words: string, value: unknown): string =>
  Array.isArray(value) && value.length > 0 ? `; ${words} ${names(value)}` : '';
const place = (value: unknown): string => {
  const { lat, lng, address, sequence } = (value ?? {}) as Fields;
  const where = address ? `${address} (${lat}, ${lng})` : `${lat}, ${lng}`;
  return sequence ? `${where}, update ${sequence}` : where;
};

const events: Phrases = {
  'ride.requested': ({ riderId, serviceLine, pickup, policy, offered }) => {
    const drivers = some('offered to', offered) || '; no driver is near';
    const what = `requests a ${text(serviceLine)} taxi at ${place(pickup)}`;
    return [`rider ${text(riderId)}`, `${what}; a decline means ${text(policy)}${drivers}`];
  },
  'ride.offered': ({ offered, timedOut }) => [
    'deadline',
    `offers the ride to ${names(offered)}${some('no answer from', timedOut)}`,
  ],
  'ride.search-continued': ({ timedOut }) => ['deadline', `no other driver is near${some('no answer from', timedOut)}`],
  'ride.accepted': ({ driverId, withdrawn }) => [
    `driver ${text(driverId)}`,
    `accepts${some('withdrawn from', withdrawn)}`,
  ],
  'ride.picked-up': ({ driverId, by }) => [
    `driver ${text(driverId)}`,
    by === 'driver' ? 'picks the rider up' : 'has picked the rider up, reported by an operator',
  ],
  'ride.given-back': ({ driverId, reason, offered }) => [
    `driver ${text(driverId)}`,
    `gives the ride back (${text(reason)})${some('offered to', offered)}`,
  ],
  'ride.completed': ({ driverId }) => [`driver ${text(driverId)}`, 'completes the ride'],
  'ride.overdue': ({ waitsFor, owner }) => [
    'deadline',
    `the ${text(waitsFor)} is overdue; it is for the ${text(owner)}`,
  ],
  'ride.declined': ({ driverId, reason, withdrawn }) => [
    `driver ${text(driverId)}`,
    `declines (${text(reason)}), which ends the ride${some('withdrawn from', withdrawn)}`,
  ],
  'ride.offer-declined': ({ driverId, reason, offered }) => [
    `driver ${text(driverId)}`,
    `declines (${text(reason)})${some('offered to', offered)}`,
  ],
  'ride.cancelled': ({ by, reason, driverId, withdrawn }) => {
    const freed = driverId ? `; driver ${driverId} is free again` : '';
    return [text(by), `cancels (${text(reason)})${freed}${some('withdrawn from', withdrawn)}`];
  },
  'ride.expired': ({ reason, timedOut }) => [
    'deadline',
    `ends the search (${text(reason)})${some('no answer from', timedOut)}`,
  ],
  'ride.pickup-updated': ({ riderId, pickup }) => [`rider ${text(riderId)}`, `moves the pickup to ${place(pickup)}`],
  ...ezpayEvents,
  ...moneyEvents,
};

const reached = ({ sentAt, channel }: Fields): string =>
  sentAt === undefined ? 'not sent yet' : channel === 'none' ? 'not reachable' : `by ${text(channel)}`;

/** An event without a phrase has the meaning of its declaration. */
const meanings = new Map(catalogue.map(({ type, meaning }) => [type, meaning]));

const phraseOf = (line: StoryLine): Phrase => {
  if (line.kind === 'dispatch')
    return [`to driver ${text(line.driverId)}`, `offer ${text(line.sequence)}, ${reached(line)}`];
  if (line.kind === 'notice') return [`to ${text(line.to)}`, `${text(line.type)}, ${reached(line)}`];
  if (line.kind === 'receipt')
    return ['receipt by mail', line.skippedAt ? `not sent: ${text(line.reason)}` : reached(line)];
  if (line.kind === 'webhook') return webhookPhrase(line);
  return events[text(line.type)]?.(line) ?? [line.kind, meanings.get(text(line.type)) ?? text(line.type)];
};

/** Others wrote some of the words: nothing in them may steer a terminal or turn the reading direction. */
const harmless = (words: string): string => words.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');

const clock = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 23)}`;
const later = (at: string, first: string): string => `+${((Date.parse(at) - Date.parse(first)) / 1000).toFixed(3)} s`;

/** @param lines in order of time, as the API and the store give them */
export const printStory = (orderId: string, lines: readonly StoryLine[]): string => {
  const first = lines[0]?.at ?? '';
  const rows = lines.map((line) => [
    clock(line.at),
    later(line.at, first),
    line.version ? `v${line.version}` : '',
    ...phraseOf(line).map(harmless),
  ]);
  return [`${orderId}, times in UTC`, columns(rows, [1, 2])].join('\n');
};
