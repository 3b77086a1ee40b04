/** At rest: what a person requested once was done once, however often their app sent it. */
import type { Stored } from '../items.ts';
import type { World } from '../world.ts';
import type { Report } from './law.ts';

const count = (values: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};

export const requestLaws = ({ requests }: World, { rides, scans, payments }: Stored, report: Report): void => {
  for (const [riderId, made] of count(rides.map((ride) => ride.riderId)))
    if (made > requests.count(`ride ${riderId}`))
      report('one request, one ride', riderId, `${made} rides of ${requests.count(`ride ${riderId}`)} requests`);
  const ongoing = scans.filter(({ status }) => status !== 'REFUSED' && status !== 'CANCELLED');
  for (const [customer, made] of count(ongoing.map(({ customerId }) => customerId)))
    if (made > requests.count(`scan ${customer}`)) report('one request, one scan', customer, `${made} scans`);
  for (const [pk, made] of count(payments.map((payment) => payment.pk)))
    if (made > requests.count(`payment ${pk}`))
      report('one request, one payment', pk, `${made} payments of ${requests.count(`payment ${pk}`)} requests`);
  for (const { ref, refunds } of payments) {
    const made = refunds.filter(({ key, of }) => of === undefined && key.startsWith('rf-')).length;
    if (made > requests.count(`refund ${ref}`))
      report('one request, one refund', ref, `${made} refunds of ${requests.count(`refund ${ref}`)} requests`);
  }
};
