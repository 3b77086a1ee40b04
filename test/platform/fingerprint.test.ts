/** What distinguishes a repeated request from another one under the same key. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../functions/platform/canonical-json.ts';
import { fingerprintOf, formerFingerprintOf } from '../../functions/platform/fingerprint.ts';

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, shuffled(inner)]),
  );
};

describe('the fingerprint of a body', () => {
  it('does not depend on the order of its fields', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(fingerprintOf(shuffled(body))).toBe(fingerprintOf(body));
      }),
    );
  });

  it('differs for bodies that differ', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(fingerprintOf(a) === fingerprintOf(b)).toBe(canonicalJson(a) === canonicalJson(b));
      }),
    );
    expect(fingerprintOf([1, 2])).not.toBe(fingerprintOf([2, 1]));
    expect(fingerprintOf({ a: '1' })).not.toBe(fingerprintOf({ a: 1 }));
  });

  it('does not change from one version of the code to the next: it is stored for 30 days', () => {
    // sha256 of {"a":[{"c":null,"d":"e"}],"b":1.5}
    expect(fingerprintOf({ b: 1.5, a: [{ d: 'e', c: null }], f: undefined })).toBe(
      'bklq15B8MrTuek3EMWeorPvD519BBj9Cgn6Ui0hZMuc',
    );
    // sha256 of {"b": 1.5}
    expect(formerFingerprintOf('{"b": 1.5}')).toBe('KTwih7R0V4212XPUllkavVzWlgW5v1z1sX5Ht96oa3M');
  });
});
