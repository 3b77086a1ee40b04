/** What people have requested, once per intention: the app may send it as often as it likes. */
export const requests = () => {
  const counts = new Map<string, number>();
  return {
    /** `ride rider-1`, `payment ORDER#…`, `refund {paymentRef}`. */
    note: (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1),
    count: (what: string): number => counts.get(what) ?? 0,
  };
};
