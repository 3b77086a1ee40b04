/** Where a person gets mail: kept for a while, with few writes. */
import { describe, expect, it } from 'vitest';
import { type Instant, instant } from '../../functions/kernel/types.ts';
import { contacts } from '../../functions/notify/contacts.store.ts';
import { clientOf, memoryTable } from '../support/memory-table.ts';
import { start } from '../support/ports.ts';

const email = 'anna@rider.example';
const day = (days: number): Instant => instant(start + days * 86_400_000);
const setUp = () => {
  let writes = 0;
  const table = memoryTable(() => {
    writes += 1;
  });
  return { store: contacts(clientOf(table), 'State'), writes: () => writes };
};

describe('the contact of a person', () => {
  it('is written again only when it changed or expires soon', async () => {
    const { store, writes } = setUp();
    await store.remember('anna', { email }, day(0));
    await store.remember('anna', { email }, day(29));
    expect(writes()).toBe(1);
    await store.remember('anna', { email, language: 'en' }, day(29));
    expect(writes()).toBe(2);
    await store.remember('anna', { email }, day(58));
    await store.remember('anna', { email, language: 'en' }, day(58));
    expect(writes()).toBe(2);
    await store.remember('anna', { email }, day(59));
    expect(writes()).toBe(3);
  });

  it('keeps the language when a later token has none', async () => {
    const { store } = setUp();
    await store.remember('anna', { email, language: 'en' }, day(0));
    await store.remember('anna', { email: 'anna@other.example' }, day(1));
    expect(await store.find('anna', day(2))).toEqual({ email: 'anna@other.example', language: 'en' });
  });

  it('[OPS-8] expires 90 days after it was last written', async () => {
    const { store } = setUp();
    await store.remember('anna', { email }, day(0));
    expect(await store.find('anna', day(89))).toEqual({ email });
    expect(await store.find('anna', day(90))).toBeUndefined();
  });

  it('[OPS-8] is not that of another person', async () => {
    const { store } = setUp();
    await store.remember('anna', { email }, day(0));
    expect(await store.find('ann', day(0))).toBeUndefined();
  });
});
