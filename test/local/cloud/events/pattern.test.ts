/** Event patterns, as EventBridge and Lambda's event filters define them. */
import { describe, expect, it } from 'vitest';
import { compileFilters, compilePattern } from '../../../../local/cloud/events/pattern.ts';

const event = {
  source: 'tuntas.dispatch',
  'detail-type': 'ride.declined',
  detail: {
    status: 'DECLINED',
    attempts: 3,
    tags: ['late', 'night'],
    reason: null,
    driver: { id: 'd1' },
    offers: [
      { id: 'd1', sequence: 1 },
      { id: 'd2', sequence: 2 },
    ],
  },
};

describe('a pattern', () => {
  it.each<[string, unknown, boolean]>([
    ['one of several values', { source: ['x', 'tuntas.dispatch'] }, true],
    ['a value that is not there', { source: ['x'] }, false],
    ['every field must match', { source: ['tuntas.dispatch'], 'detail-type': ['ride.accepted'] }, false],
    ['a field that is not there', { account: ['1'] }, false],
    ['null is a value', { detail: { reason: [null] } }, true],
    ['a number is not its text', { detail: { attempts: ['3'] } }, false],
    ['any element of a list', { detail: { tags: ['night'] } }, true],
    ['prefix', { 'detail-type': [{ prefix: 'ride.' }] }, true],
    ['prefix without regard to case', { 'detail-type': [{ prefix: { 'equals-ignore-case': 'RIDE.' } }] }, true],
    ['suffix', { 'detail-type': [{ suffix: '.accepted' }] }, false],
    ['equals-ignore-case', { detail: { status: [{ 'equals-ignore-case': 'declined' }] } }, true],
    ['wildcard', { 'detail-type': [{ wildcard: 'r*.dec*d' }] }, true],
    ['wildcard takes the rest literally', { 'detail-type': [{ wildcard: 'ride?declined' }] }, false],
    ['anything-but', { detail: { status: [{ 'anything-but': ['ACCEPTED', 'EXPIRED'] }] } }, true],
    ['anything-but the value itself', { detail: { status: [{ 'anything-but': 'DECLINED' }] } }, false],
    ['anything-but a prefix', { detail: { status: [{ 'anything-but': { prefix: 'DEC' } }] } }, false],
    ['anything-but needs the field', { detail: { nothing: [{ 'anything-but': 'x' }] } }, false],
    ['numeric', { detail: { attempts: [{ numeric: ['>', 0, '<=', 3] }] } }, true],
    ['numeric out of range', { detail: { attempts: [{ numeric: ['>', 3] }] } }, false],
    ['exists', { detail: { status: [{ exists: true }] } }, true],
    ['exists not', { detail: { nothing: [{ exists: false }] } }, true],
    ['exists is only true of leaves', { detail: { driver: [{ exists: true }] } }, false],
    ['fields of one object of a list', { detail: { offers: { id: ['d2'], sequence: [2] } } }, true],
    ['not fields of two objects of a list', { detail: { offers: { id: ['d1'], sequence: [2] } } }, false],
    ['$or', { $or: [{ source: ['x'] }, { detail: { attempts: [3] } }] }, true],
    ['$or next to other fields', { source: ['x'], $or: [{ source: ['x'] }, { detail: { attempts: [3] } }] }, false],
  ])('%s', (_what, pattern, expected) => {
    expect(compilePattern(pattern)(event)).toBe(expected);
  });

  it('names the place of what it does not know', () => {
    expect(() => compilePattern({ detail: { status: [{ soundex: 'x' }] } }, 'Rule.EventPattern')).toThrow(
      'Rule.EventPattern.detail.status[0].soundex: the pattern operator soundex is not known',
    );
    expect(() => compilePattern({ detail: { attempts: [{ numeric: ['~', 1] }] } })).toThrow('numeric does not know');
    expect(() => compilePattern({ detail: 'x' })).toThrow('a list or an object is expected');
  });
});

describe('event filters of a stream mapping', () => {
  const matches = compileFilters(
    ['{"dynamodb":{"NewImage":{"outbox":{"S":[{"exists":true}]}}}}', '{"eventName":["REMOVE"]}'],
    'Mapping.FilterCriteria',
  );

  it('let a record through when any of them matches', () => {
    expect(matches({ eventName: 'MODIFY', dynamodb: { NewImage: { outbox: { S: '[]' } } } })).toBe(true);
    expect(matches({ eventName: 'REMOVE', dynamodb: {} })).toBe(true);
    expect(matches({ eventName: 'MODIFY', dynamodb: { NewImage: { pk: { S: 'x' } } } })).toBe(false);
  });
});
