/** At rest: nothing waits that should have been done, no fact is lost, and nobody got the same news twice. */
import type { Stored } from '../items.ts';
import type { Host } from '../network.ts';
import type { World } from '../world.ts';
import type { Report } from './law.ts';

/** The sweeper comes each minute; what a deadline does may take a few calls. */
const overdueMs = 3_600_000;

const known = (senders: readonly Host[]): readonly Host[] => senders.filter((sender) => !sender.hasCrashed());

export const messageLaws = (world: World, { orders }: Stored, report: Report): void => {
  for (const { plan, messages } of world.queues.all)
    if (messages.size > 0) report('queues empty', plan.arn.replace(/^.*:/, ''), `${messages.size} messages`);

  const now = world.engine.now();
  for (const { pk, sk, dueAt } of world.tables.truth.all(world.names.state))
    if (typeof dueAt === 'number' && dueAt < now - overdueMs)
      report('nothing is overdue', `${pk} ${sk}`, `was due at ${new Date(dueAt).toJSON()}`);

  const published = new Set(world.bus.published.map(({ id }) => id));
  const story = new Map(world.tables.truth.all(world.names.story).map(({ id, type }) => [id, type]));
  for (const { id, type } of world.guard.facts.values()) {
    if (!published.has(id)) report('every fact is published', id, type);
    if (type !== 'dispatch.requested' && story.get(id) !== type)
      report('every fact is in the story', id, `${type}, the story has ${String(story.get(id) ?? 'nothing')}`);
  }
  const paid = orders.filter(({ status, cash }) => status === 'PAID' && cash === 0).length;
  if (paid > 0 && world.mails.length === 0) report('who paid gets a receipt', 'all', `${paid} orders paid, no mail`);
  // Whether a post or mail arrived whose answer is lost, or whose sender died, no one can know: it is sent again.
  const { lostAnswer, refused, outages } = world.faults.plan;
  if (lostAnswer + refused === 0 && outages.length === 0) {
    for (const [news, by] of world.sockets.shown)
      if (known(by).length > 1) report('a notice is shown once', news, `${by.length} times`);
    for (const [mail, copies] of Map.groupBy(world.mails, ({ body }) => body))
      if (known(copies.map(({ by }) => by)).length > 1)
        report('a mail is sent once', mail.slice(0, 80), `${copies.length} times`);
  }
  if (world.lost.length > 0) report('no fact is lost', 'stream', `${world.lost.length} records given up`);
};
