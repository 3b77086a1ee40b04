/** Who is asking, from the claims of any OIDC issuer. */
import { describe, expect, it } from 'vitest';
import { principalFrom } from '../../functions/platform/principal.ts';

describe('a token is read', () => {
  it.each([
    ['a list as API Gateway writes it', '[rider driver]', ['rider', 'driver']],
    ['a list of one', '[operator]', ['operator']],
    ['one role as text', 'driver', ['driver']],
    ['roles in one text, as an authorizer hands them on', 'rider driver', ['rider', 'driver']],
    ['roles with commas', '[rider, driver]', ['rider', 'driver']],
    ['a list as a list', ['rider', 'operator'], ['rider', 'operator']],
    ['roles it does not know', '[rider admin root]', ['rider']],
    ['an empty list', '[]', []],
    ['no claim at all', undefined, []],
    ['a role in capitals', 'Operator', []],
    ['a word that contains a role', '[superoperator]', []],
    ['something else altogether', { operator: true }, []],
  ])('[OPS-8] knows the roles from %s', (_, claim, roles) => {
    expect(principalFrom({ sub: 'anna', roles: claim }, 'roles')).toEqual({ sub: 'anna', roles });
  });

  it('[OPS-8] takes the roles from the claim of the setting, and from no other', () => {
    const claims = { sub: 'anna', roles: '[operator]', 'cognito:groups': '[rider]' };
    expect(principalFrom(claims, 'cognito:groups')?.roles).toEqual(['rider']);
  });

  it.each([[undefined], [''], [7], [null]])('[OPS-8] is nobody when the subject is %j', (sub) => {
    expect(principalFrom({ sub, roles: '[operator]' }, 'roles')).toBeUndefined();
  });
});
