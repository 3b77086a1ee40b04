/** The laws bite: without one of these protections a law breaks. All of them: `npm run simulate -- --sabotage`. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { root } from '../../build.ts';
import { builtAssembly } from '../../local/cloud/assembly-cache.ts';
import { biteSeeds, bites, type Wholes } from './bite.ts';
import { blueprint } from './blueprint.ts';
import type { Blueprint } from './plans.ts';

vi.setConfig({ testTimeout: 180_000 });
let plan: Blueprint;
beforeAll(async () => {
  plan = await blueprint(await builtAssembly(root, () => undefined));
}, 180_000);

const whole: Wholes = new Map();
const races = biteSeeds.filter(({ profile }) => profile === 'races').slice(0, 2);
const echoes = biteSeeds.filter(({ profile }) => profile === 'echoes').slice(0, 1);

describe('[SIM-4] a law breaks without', () => {
  it.each([
    ['the key of a request', races, /^request-key POST \/rides$/, /^one request, one ride$/],
    ['the claim of that key', races, /KEY:rides\/KEY/, /^one request, one ride$/],
    ['the version of an order', races, /orders-api Transaction ORDER\/ORDER version = /, /^versions go by one$/],
    ['the version of a payment', races, /payments-deadlines Put ORDER\/PAYMENT version = /, /^versions go by one$/],
    ['the claim of an offer', echoes, /Put ORDER\/DISPATCH attribute_not_exists/, /is shown once$/],
    ['the claim of a receipt', echoes, /ORDER\/RECEIPT attribute_not_exists/, /^a mail is sent once$/],
  ] as const)('%s', async (_, plays, only, law) => {
    const found = await bites(plan, { plays, only, whole });
    expect(found).toEqual([expect.objectContaining({ law: expect.stringMatching(law) })]);
  });

  it('the verification of a notification', async () => {
    const found = await bites(plan, { plays: races, only: /^verification payments-notifications$/, whole });
    expect(found).toEqual([expect.objectContaining({ law: expect.any(String) })]);
  });
});

describe('a sabotaged run', () => {
  it('[SIM-4] reads the protections off its own requests', async () => {
    const found: string[] = [];
    const onSite = ({ site }: { readonly site: string }): void => void found.push(site);
    await bites(plan, { plays: races.slice(0, 1), only: /^(?:request-)?key .*(?:charge|rides)$/, onSite, whole });
    expect(found).toEqual(expect.arrayContaining(['key payments-api charge', 'request-key POST /rides']));
  });
});
