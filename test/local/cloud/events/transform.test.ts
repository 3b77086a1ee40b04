/** What a rule's target receives of an event. */
import { describe, expect, it } from 'vitest';
import { compileInput, type InputOptions } from '../../../../local/cloud/events/transform.ts';

const event = {
  'detail-type': 'ride.declined',
  detail: { rideId: 'TNT-1', version: 2, reason: 'said "no"', offers: [{ driverId: 'd1' }] },
};
const input = (options: InputOptions): string =>
  compileInput(options, 'Rule.Targets[0]')(event, { arn: 'arn:rule', name: 'rule' });

describe('the input of a target', () => {
  it('is the whole event, a constant, or a part of it', () => {
    expect(JSON.parse(input({}))).toEqual(event);
    expect(input({ Input: '{"a":1}' })).toBe('{"a":1}');
    expect(JSON.parse(input({ InputPath: '$.detail' }))).toEqual(event.detail);
    expect(input({ InputPath: '$.detail.offers[0].driverId' })).toBe('"d1"');
    expect(input({ InputPath: "$['detail-type']" })).toBe('"ride.declined"');
  });

  it('is a template filled in, as JSON or as text', () => {
    const InputPathsMap = { ride: '$.detail.rideId', version: '$.detail.version', why: '$.detail.reason' };
    const json = input({
      InputTransformer: {
        InputPathsMap,
        InputTemplate: '{"ride": <ride>, "v": <version>, "text": "ride <ride>: <why>", "rule": <aws.events.rule-name>}',
      },
    });
    expect(JSON.parse(json)).toEqual({ ride: 'TNT-1', v: 2, text: 'ride TNT-1: said "no"', rule: 'rule' });
    expect(input({ InputTransformer: { InputPathsMap, InputTemplate: 'Ride <ride> is at <version>' } })).toBe(
      'Ride TNT-1 is at 2',
    );
  });

  it('is refused at start when it is not understood', () => {
    expect(() => input({ InputPath: '$.detail[?(@.x)]' })).toThrow(
      'Rule.Targets[0].InputPath: the path $.detail[?(@.x)] is not known here',
    );
    expect(() => input({ InputTransformer: { InputTemplate: '"<unknown>"' } })).toThrow('<unknown> is not known');
  });
});
