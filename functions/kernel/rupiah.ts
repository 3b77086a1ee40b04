/** Money: whole rupiah. A bare number is never an amount. */

declare const brand: unique symbol;
/** Whole rupiah, never negative; up to 2^53, far above the largest transfer a bank takes. */
export type Rupiah = number & { readonly [brand]: 'Rupiah' };

/** @throws {RangeError} when it is not a whole, non-negative number: a mistake of ours, outside amounts are parsed */
export const rupiah = (amount: number): Rupiah => {
  if (!Number.isSafeInteger(amount) || amount < 0) throw new RangeError(`${amount} is not an amount of whole rupiah`);
  return amount as Rupiah;
};

export const none = rupiah(0);
export const sum = (amounts: readonly Rupiah[]): Rupiah => rupiah(amounts.reduce((total, amount) => total + amount, 0));
export const minus = (from: Rupiah, amount: Rupiah): Rupiah => rupiah(Math.max(0, from - amount));

/** The gateway's form: `120000.00`. Anything that is not a whole amount in that form is not an amount. */
export const rupiahFrom = (text: string): Rupiah | undefined => {
  const [, whole] = /^(\d{1,15})(?:\.0{1,2})?$/.exec(text) ?? [];
  return whole === undefined ? undefined : rupiah(Number(whole));
};
