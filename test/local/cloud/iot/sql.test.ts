/** The SQL of topic rules: which topics it matches, and what it takes of a message. */
import { describe, expect, it } from 'vitest';
import { compileSql } from '../../../../local/cloud/iot/sql.ts';
import { argoSql } from '../../support/small-devices.ts';

const message = (payload: string) => ({
  topic: 'tuntas/cars/B1/argo',
  clientId: 'meter-B1',
  payload: Buffer.from(payload),
  at: 7,
});

describe('the SQL of a topic rule', () => {
  const { matches, select } = compileSql(argoSql, 'Rule.Sql');

  it('takes fields of the payload and what is known of the connection, and leaves out what is not there', () => {
    expect(select(message('{"kind":"PING","position":{"lat":-6.2},"car":"B9","device":"x"}'))).toEqual({
      kind: 'PING',
      place: { lat: -6.2 },
      car: 'B1',
      device: 'meter-B1',
      receivedAt: 7,
    });
  });

  it.each(['[1]', '42', '"STARTED"', 'null', ''])('finds no fields in %j, which is not an object', (payload) => {
    expect(select(message(payload))).toEqual({ car: 'B1', device: 'meter-B1', receivedAt: 7 });
  });

  it.each(['{"kind":', 'STARTED', '\u0000\u0001'])('cannot parse %j', (payload) => {
    expect(() => select(message(payload))).toThrow('not JSON');
  });

  it('takes nothing from what every object has', () => {
    expect(compileSql("SELECT constructor, __proto__ FROM 'a'", 'Rule').select(message('{}'))).toEqual({});
  });

  it.each([
    ['tuntas/cars/B1/argo', true],
    ['tuntas/cars/argo', false],
    ['tuntas/cars/B1/B2/argo', false],
    ['tuntas/cars/B1/argo/more', false],
    ['other/cars/B1/argo', false],
  ])('of topic %s: %s', (topic, expected) => expect(matches(topic)).toBe(expected));

  it('takes all below a level with #', () => {
    const all = compileSql("SELECT a FROM 'x/#'", 'Rule').matches;
    expect(['x', 'x/y', 'x/y/z', 'y/x'].map(all)).toEqual([true, true, true, false]);
  });

  it.each([
    "SELECT * FROM 'a'",
    "SELECT a FROM 'a' WHERE b > 1",
    "SELECT principal() AS p FROM 'a'",
    "SELECT topic(3) FROM 'a'",
    "SELECT a.b FROM 'a'",
    "SELECT a FROM 'a/#/b'",
    "SELECT a FROM 'a+/b'",
    'SELECT a',
  ])('that is not known stops the start with its place: %s', (statement) => {
    expect(() => compileSql(statement, 'Argo.Properties.TopicRulePayload.Sql')).toThrow(
      'Argo.Properties.TopicRulePayload.Sql: ',
    );
  });
});
