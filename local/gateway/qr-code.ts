/** The picture behind `generate-qr-code`: resembles a QR code, drawn from the transaction id; it cannot be scanned. */
import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

const modules = 25;
const pixelsPerModule = 6;
const margin = 2;

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const chunk = (type: string, content: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type), content]);
  return Buffer.concat([uint32(content.length), body, uint32(crc32(body))]);
};

/** Dark or light in the three squares in the corners, undefined outside them. */
const inFinder = (x: number, y: number): boolean | undefined => {
  const far = modules - 7;
  const rings = [[0, 0] as const, [far, 0] as const, [0, far] as const].map(([left, top]) =>
    Math.max(Math.abs(x - left - 3), Math.abs(y - top - 3)),
  );
  const ring = rings.find((distance) => distance <= 4);
  return ring === undefined ? undefined : ring !== 4 && ring !== 2;
};

/** A PNG, one byte per pixel. */
export const qrPicture = (text: string): Buffer => {
  const bits = createHash('shake256', { outputLength: modules * modules })
    .update(text)
    .digest();
  const isDark = (x: number, y: number): boolean =>
    Math.min(x, y) >= 0 && Math.max(x, y) < modules && (inFinder(x, y) ?? (bits[y * modules + x] ?? 0) % 2 === 1);
  const size = (modules + 2 * margin) * pixelsPerModule;
  const pixels = Buffer.alloc((size + 1) * size, 255);
  const moduleAt = (pixel: number): number => Math.floor(pixel / pixelsPerModule) - margin;
  for (let row = 0; row < size; row += 1) {
    const start = row * (size + 1);
    pixels[start] = 0;
    for (let column = 0; column < size; column += 1)
      if (isDark(moduleAt(column), moduleAt(row))) pixels[start + column + 1] = 0;
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', Buffer.concat([uint32(size), uint32(size), Buffer.from([8, 0, 0, 0, 0])])),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
};
