/** Who is asking, from the claims of any OIDC issuer. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { principalFrom } from '../../functions/kernel/principal.ts';
import { claimText } from '../../local/cloud/http/event.ts';

const rolesOf = (claim: unknown) => principalFrom({ sub: 'anna', roles: claim }, 'roles')?.roles;

describe('a token is read', () => {
  it.each([
    ['a list as API Gateway writes it', '[rider driver]', ['rider', 'driver']],
    ['a list of one', '[operator]', ['operator']],
    ['one role as text', 'driver', ['driver']],
    ['roles in one text, as an authorizer hands them on', 'rider driver', ['rider', 'driver']],
    ['roles with commas', '[rider, driver]', ['rider', 'driver']],
    ['a list as a list', ['rider', 'operator'], ['rider', 'operator']],
    ['one role as a list that API Gateway wrote', '[rider]', ['rider']],
    ['the same role twice', '[rider driver rider]', ['rider', 'driver']],
    ['roles it does not know among those it knows', '[rider admin root]', []],
    ['a role whose name contains that of another', ['ex operator'], []],
    ['the same, as API Gateway writes it', '[ex operator]', []],
    ['a list in a list', [['operator']], []],
    ['two lists in a list', '[[rider] [operator]]', []],
    ['half a pair of brackets', 'operator]', []],
    ['text before a list', 'rider[ operator]', []],
    ['text after a list', '[operator ]rider', []],
    ['roles with commas and no blanks', '[rider,driver]', ['rider', 'driver']],
    ['a list among the elements', ['rider', ['driver']], []],
    ['an element that is empty', ['operator', ''], []],
    ['an element that is nothing', ['operator', null], []],
    ['two blanks between roles', 'rider  driver', []],
    ['a tab between roles', 'rider\tdriver', []],
    ['an empty list', '[]', []],
    ['an empty text', '', []],
    ['no claim at all', undefined, []],
    ['a role in capitals', 'Operator', []],
    ['a word that contains a role', '[superoperator]', []],
    ['something else altogether', { operator: true }, []],
  ])('[OPS-8] knows the roles from %s', (_, claim, roles) => {
    expect(rolesOf(claim)).toEqual(roles);
  });

  it('[OPS-8] gives the same roles whether the list itself is seen, or the text that API Gateway makes of it', () => {
    const words = fc.constantFrom(
      'rider',
      'driver',
      'operator',
      'ex',
      'Operator',
      '',
      ' ',
      ',',
      '[',
      ']',
      '\t',
      '\u00a0',
      'null',
    );
    const name = fc.array(words, { maxLength: 4 }).map((parts) => parts.join(''));
    const list = fc.array(
      fc.oneof({ weight: 6, arbitrary: name }, fc.constantFrom('rider', 'driver', 'operator'), fc.jsonValue()),
    );
    fc.assert(
      fc.property(fc.oneof(list, name), (claim) => {
        expect(rolesOf(claimText(claim))).toEqual(rolesOf(claim));
      }),
      {
        numRuns: 2_000,
        examples: [[['ex operator']], [['rider', 'driver']], [[['rider', 'driver']]], [['[rider', 'driver]']]],
      },
    );
  });

  it('[OPS-8] gives a role only when every part of the claim is one', () => {
    const name = fc.oneof(fc.constantFrom('rider', 'driver', 'operator'), fc.string({ maxLength: 12 }));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        const roles = rolesOf(names) ?? [];
        const known = names.every((one) =>
          one.split(/, ?| /).every((word) => ['rider', 'driver', 'operator'].includes(word)),
        );
        expect(roles.length > 0).toBe(known);
      }),
    );
  });

  it('[OPS-8] takes the roles from the claim of the setting, and from no other', () => {
    const claims = { sub: 'anna', roles: '[operator]', 'cognito:groups': '[rider]' };
    expect(principalFrom(claims, 'cognito:groups')?.roles).toEqual(['rider']);
  });

  it.each([[undefined], [''], [7], [null]])('[OPS-8] is no principal when the subject is %j', (sub) => {
    expect(principalFrom({ sub, roles: '[operator]' }, 'roles')).toBeUndefined();
  });
});
