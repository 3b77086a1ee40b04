/** The partitions of the tables, and whose they are. */
import { describe, expect, it } from 'vitest';
import { carPartition, driverOf, driverPartition, orderOf, orderPartition } from '../../functions/kernel/keys.ts';
import type { CarId, DriverId, OrderId } from '../../functions/kernel/types.ts';

describe('a partition', () => {
  it('is named as items are stored today', () => {
    expect(orderPartition('TNT-20261121-0000042' as OrderId)).toBe('ORDER#TNT-20261121-0000042');
    expect(driverPartition('driver-1' as DriverId)).toBe('DRIVER#driver-1');
    expect(carPartition('B1234XYZ' as CarId)).toBe('CAR#B1234XYZ');
  });

  it('leads back to its driver', () => {
    expect(driverOf('DRIVER#driver-1')).toBe('driver-1');
  });

  it.each([
    ['ORDER#TNT-20261121-0000042', 'TNT-20261121-0000042'],
    ['ORDER#TNT-20261121-000004', undefined],
    ['ORDER#', undefined],
    ['XXXXX#TNT-20261121-0000042', undefined],
    ['DRIVER#driver-1', undefined],
  ])('%s is of the order %s', (pk, orderId) => {
    expect(orderOf(pk)).toBe(orderId);
  });
});
