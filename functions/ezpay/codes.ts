/** The code in the car: signed for a car and a shift until a time, or the car's number alone on a sticker. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type CarId, type DriverId, type Instant, instant } from '../kernel/types.ts';
import type { Code } from './texts.ts';

/** `signed`: only codes from the car's screen; `static`: also a sticker with the car's number. */
export type CodePolicy = 'signed' | 'static';
type SignedCode = { readonly car: CarId; readonly shift: string; readonly expiresAt: Instant };

const version = 'TNT1';
const shape = /^TNT1\.([A-Z0-9-]{2,16})\.([A-Za-z0-9-]{1,32})\.(\d{10,13})\.([A-Za-z0-9_-]{43})$/;

const mac = (signed: string, key: string): Buffer => createHmac('sha256', key).update(signed).digest();

/** `TNT1.{car}.{shift}.{expiry, epoch seconds}.{HMAC-SHA-256, base64url}` */
export const signCode = ({ car, shift, expiresAt }: SignedCode, key: string): string => {
  const signed = [version, car, shift, Math.floor(expiresAt / 1_000)].join('.');
  return `${signed}.${mac(signed, key).toString('base64url')}`;
};

/** Different for two drivers of one car, without naming either. */
export const shiftOf = (driverId: DriverId): string => createHash('sha256').update(driverId).digest('hex').slice(0, 12);

type Checked = { readonly car: CarId } | { readonly refused: Code };
export type Given = { readonly car?: string | undefined; readonly code?: string | undefined };

/**
 * The car a scan is for. Every key is compared over the whole signature: the time taken tells a forger nothing.
 * @param keys the key in use first, then those that codes in the cars may still be signed with
 */
export const carOfScan = (
  given: Given,
  { policy, keys }: { readonly policy: CodePolicy; readonly keys: readonly string[] },
  at: Instant,
): Checked => {
  if (given.code === undefined)
    return policy === 'static' && given.car ? { car: given.car as CarId } : { refused: 'CODE_REQUIRED' };
  const [, car, , expiry, signature] = shape.exec(given.code) ?? [];
  if (!car || !signature) return { refused: 'CODE_FORGED' };
  const claimed = Buffer.from(signature, 'base64url');
  const signed = given.code.slice(0, given.code.lastIndexOf('.'));
  const matches = keys.map((key) => timingSafeEqual(mac(signed, key), claimed));
  if (!matches.includes(true)) return { refused: 'CODE_FORGED' };
  if (instant(Number(expiry) * 1_000) <= at) return { refused: 'CODE_EXPIRED' };
  return given.car !== undefined && given.car !== car ? { refused: 'CODE_WRONG_CAR' } : { car: car as CarId };
};
