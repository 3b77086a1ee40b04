// The picture behind `generate-qr-code`: looks like a QR code, drawn from the transaction id; it cannot be scanned.
import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

const MODULES = 25;
const PIXELS = 6;
const QUIET = 2;

const chunk = (type: string, content: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
};

/** The three squares in the corners. */
const inFinder = (x: number, y: number): boolean | undefined => {
  for (const [left, top] of [
    [0, 0],
    [MODULES - 7, 0],
    [0, MODULES - 7],
  ] as const) {
    const ring = Math.max(Math.abs(x - left - 3), Math.abs(y - top - 3));
    if (ring <= 4) return ring !== 4 && ring !== 2;
  }
  return undefined;
};

/** A PNG, one byte per pixel. */
export const qrPicture = (text: string): Buffer => {
  const bits = createHash('shake256', { outputLength: MODULES * MODULES })
    .update(text)
    .digest();
  const size = (MODULES + 2 * QUIET) * PIXELS;
  const pixels = Buffer.alloc((size + 1) * size, 255);
  for (let row = 0; row < size; row += 1) {
    pixels[row * (size + 1)] = 0;
    for (let column = 0; column < size; column += 1) {
      const x = Math.floor(column / PIXELS) - QUIET;
      const y = Math.floor(row / PIXELS) - QUIET;
      if (x < 0 || y < 0 || x >= MODULES || y >= MODULES) continue;
      const dark = inFinder(x, y) ?? (bits[y * MODULES + x] ?? 0) % 2 === 1;
      if (dark) pixels[row * (size + 1) + column + 1] = 0;
    }
  }
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0]);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    start,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
};
