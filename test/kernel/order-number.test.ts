/** The order number: how it is written, and what is taken for one. */
import { describe, expect, it } from 'vitest';
import { crockford, isOrderId, orderId } from '../../functions/kernel/order-number.ts';
import { instant } from '../../functions/kernel/types.ts';

describe('a sequence number is written down', () => {
  it.each([
    [0, '0000000'],
    [1, '0000001'],
    [9, '0000009'],
    [10, '000000A'],
    [17, '000000H'],
    [18, '000000J'],
    [20, '000000M'],
    [22, '000000P'],
    [27, '000000V'],
    [31, '000000Z'],
    [32, '0000010'],
    [42, '000001A'],
    [1_023, '00000ZZ'],
    [1_024, '0000100'],
    [34_359_738_367, 'ZZZZZZZ'],
  ])('[IDS-1] %i is %s in Crockford base 32', (sequence, text) => {
    expect(crockford(sequence)).toBe(text);
  });

  it('[IDS-1] has none of the letters that are misheard or misread', () => {
    expect(Array.from({ length: 1_024 }, (_, i) => crockford(i)).join('')).not.toMatch(/[ILOU]/);
  });

  it.each([
    ['the last millisecond of the day in Jakarta', '2026-11-20T16:59:59.999Z', 'TNT-20261120-000001A'],
    ['midnight in Jakarta', '2026-11-20T17:00:00.000Z', 'TNT-20261121-000001A'],
    ['noon in Jakarta', '2026-11-21T05:00:00.000Z', 'TNT-20261121-000001A'],
    ['new year in Jakarta', '2026-12-31T17:00:00.000Z', 'TNT-20270101-000001A'],
  ])('[IDS-1] carries the day of Jakarta at %s', (_, time, id) => {
    expect(orderId(42, instant(Date.parse(time)))).toBe(id);
  });

  it.each([
    'TNT-20261121-000001a',
    'TNT-20261121-00001A',
    'TNT-20261121-000001I',
    'XYZ-20261121-000001A',
    ' TNT-20261121-000001A',
    'TNT-20261121-000001A ',
    '',
    'TNT',
  ])('does not take %j for an order number', (text) => {
    expect(isOrderId(text)).toBe(false);
  });

  it('takes its own for one', () => {
    expect(isOrderId('TNT-20261121-ZZZZZZZ')).toBe(true);
  });
});
