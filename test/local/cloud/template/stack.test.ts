/** What the local stack makes of a template, and what it refuses. */
import { describe, expect, it } from 'vitest';
import type { Template } from '../../../../local/cloud/template/assembly.ts';
import { text, z } from '../../../../local/cloud/template/schema.ts';
import { openStack, type Stack } from '../../../../local/cloud/template/stack.ts';

const stackOf = (template: Partial<Template>, parameters = {}): Stack =>
  openStack({
    assembly: {
      stackName: 'tuntas-local',
      template: { Parameters: {}, Conditions: {}, Mappings: {}, Resources: {}, Outputs: {}, ...template },
      assetFolder: (key) => `/assets/${key}`,
    },
    parameters,
    addresses: {
      queue: (name) => `http://127.0.0.1:4003/000000000000/${name}`,
      api: () => 'http://127.0.0.1:4000',
      functionUrl: () => 'http://127.0.0.1:4010/',
    },
  });

const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'orders' } };
const outputs = (value: unknown, more: Partial<Template> = {}, parameters = {}): string | undefined =>
  stackOf({ Resources: { Orders: queue }, Outputs: { Value: { Value: value } }, ...more }, parameters).outputs().Value;

describe('a template', () => {
  it.each([
    ['Ref to a queue gives its URL', { Ref: 'Orders' }, 'http://127.0.0.1:4003/000000000000/orders'],
    [
      'Fn::GetAtt gives an attribute',
      { 'Fn::GetAtt': ['Orders', 'Arn'] },
      'arn:aws:sqs:ap-southeast-3:000000000000:orders',
    ],
    ['Fn::GetAtt may be written with a dot', { 'Fn::GetAtt': 'Orders.QueueName' }, 'orders'],
    ['pseudo parameters are known', { Ref: 'AWS::AccountId' }, '000000000000'],
    [
      'Fn::Join joins what its parts resolve to',
      { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] },
      'a-ap-southeast-3',
    ],
    [
      'Fn::Sub fills in names and attributes',
      { 'Fn::Sub': `${'$'}{AWS::Region}/${'$'}{Orders.QueueName}/${'$'}{!Plain}` },
      `ap-southeast-3/orders/${'$'}{Plain}`,
    ],
    [
      'Fn::Sub takes additional names',
      { 'Fn::Sub': [`${'$'}{a}${'$'}{b}`, { a: 1, b: { Ref: 'AWS::Partition' } }] },
      '1aws',
    ],
    ['Fn::Select and Fn::Split work together', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
  ])('%s', (_what, value, expected) => {
    expect(outputs(value)).toBe(expected);
  });

  it('takes a parameter from its default, or as given at the start', () => {
    const Parameters = { Issuer: { Type: 'String', Default: 'https://id.example' } };
    expect(outputs({ Ref: 'Issuer' }, { Parameters })).toBe('https://id.example');
    expect(outputs({ Ref: 'Issuer' }, { Parameters }, { Issuer: 'http://127.0.0.1' })).toBe('http://127.0.0.1');
  });

  it('decides by conditions, and leaves out AWS::NoValue', () => {
    const Conditions = {
      IsLocal: { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, '000000000000'] },
      IsReal: { 'Fn::Not': [{ Condition: 'IsLocal' }] },
    };
    expect(outputs({ 'Fn::If': ['IsLocal', 'here', 'there'] }, { Conditions })).toBe('here');
    expect(outputs({ 'Fn::If': ['IsReal', 'there', 'here'] }, { Conditions })).toBe('here');
    expect(
      stackOf({
        Conditions,
        Outputs: { Value: { Value: { 'Fn::If': ['IsLocal', { Ref: 'AWS::NoValue' }, 'x'] } } },
      }).outputs(),
    ).toEqual({});
    expect(
      stackOf({ Conditions, Resources: { Orders: { ...queue, Condition: 'IsReal' } } }).read(
        'AWS::SQS::Queue',
        z.unknown(),
      ),
    ).toEqual([]);
  });

  it('leaves AWS::NoValue out of lists and properties', () => {
    const noValue = { Ref: 'AWS::NoValue' };
    const Properties = { Name: noValue, Tags: ['a', noValue], Inner: { Size: noValue, Kind: 'b' } };
    const found = stackOf({ Resources: { One: { Type: 'T', Properties } } }).read('T', z.unknown());
    expect(found).toStrictEqual([{ id: 'One', properties: { Tags: ['a'], Inner: { Kind: 'b' } } }]);
  });

  it('keeps a property that happens to be called Condition', () => {
    const statement = { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    const found = stackOf({ Resources: { Policy: { Type: 'T', Properties: { Statement: [statement] } } } }).read(
      'T',
      z.unknown(),
    );
    expect(found).toEqual([{ id: 'Policy', properties: { Statement: [statement] } }]);
  });
});

describe('what the local stack does not know stops it with the place', () => {
  it.each([
    [
      'an intrinsic function',
      { 'Fn::Cidr': ['10.0.0.0/16', 2, 8] },
      'Outputs.Value: the intrinsic function Fn::Cidr is not known here',
    ],
    ['a name', { Ref: 'Unknown' }, 'Outputs.Value: Ref to Unknown, which is not in the template'],
    [
      'an attribute',
      { 'Fn::GetAtt': ['Orders', 'Colour'] },
      'Outputs.Value: Fn::GetAtt Orders.Colour is not known here',
    ],
  ])('%s', (_what, value, message) => {
    expect(() => outputs(value)).toThrow(message);
  });

  it('a resource type', () => {
    const stack = stackOf({ Resources: { Files: { Type: 'AWS::S3::Bucket' } } });
    expect(() => stack.finish()).toThrow('Files: the local stack does not know the resource type AWS::S3::Bucket');
  });

  it('a property', () => {
    const stack = stackOf({
      Resources: { Orders: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'orders', FifoQueue: true } } },
    });
    expect(() => stack.read('AWS::SQS::Queue', z.strictObject({ QueueName: text }))).toThrow(
      'Orders (AWS::SQS::Queue): the local stack does not know Properties.FifoQueue',
    );
  });

  it('but what is left out deliberately is only listed', () => {
    const stack = stackOf({ Resources: { Role: { Type: 'AWS::IAM::Role' }, Other: { Type: 'AWS::IAM::Role' } } });
    expect(stack.finish()).toEqual({ 'AWS::IAM::Role': ['Role', 'Other'] });
  });
});
