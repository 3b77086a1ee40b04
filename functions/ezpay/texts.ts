/** What customers and drivers read, in Indonesian and English: a code, a message and what to do next. */
import type { Refusal } from '../kernel/decision.ts';

export type Text = Readonly<Record<'id' | 'en', string>>;
/** A refusal as its reader sees it. */
type LocalizedText = { readonly code: Code; readonly message: Text; readonly actions: readonly Text[] };

/** In the order of the guide of customer support. */
export const codes = [
  'ARGO_NOT_STARTED',
  'DRIVER_DENIED',
  'SCANNED_OTHER_CAR',
  'CAR_UNKNOWN',
  'CODE_REQUIRED',
  'CODE_FORGED',
  'CODE_EXPIRED',
  'CODE_WRONG_CAR',
  'NOT_YOUR_CAR',
] as const;
export type Code = (typeof codes)[number];

const text = (id: string, en: string): Text => ({ id, en });
const scanAgain = text('Pindai lagi kode di dalam mobil.', 'Scan the code in the car again.');
const waitAndRetry = text('Tunggu sebentar, lalu coba lagi.', 'Wait a moment and try again.');
const askDriver = text('Minta pengemudi menyalakan argo.', 'Ask the driver to start the meter.');
const support = text(
  'Jika masih gagal, hubungi layanan pelanggan.',
  'If the problem continues, contact customer support.',
);
const payDriver = text('Bayar langsung kepada pengemudi.', 'Pay the driver directly.');
const checkWithDriver = text('Periksa nomor mobil bersama pengemudi.', 'Check the number of the car with the driver.');
const scanTheScreen = text(
  'Pindai kode di layar mobil, bukan stiker lain.',
  'Scan the code on the screen of the car, no other sticker.',
);

const texts: Readonly<Record<Code, Omit<LocalizedText, 'code'>>> = {
  ARGO_NOT_STARTED: {
    message: text('Argo belum aktif.', 'The meter is not active yet.'),
    actions: [askDriver, waitAndRetry, support],
  },
  DRIVER_DENIED: {
    message: text(
      'Pengemudi menyatakan perjalanan ini tidak berlangsung.',
      'The driver says that this trip is not taking place.',
    ),
    actions: [checkWithDriver, scanAgain, support],
  },
  SCANNED_OTHER_CAR: {
    message: text('Anda memindai kode di mobil lain.', 'You scanned the code in another car.'),
    actions: [text('Lihat pesanan Anda di mobil yang baru.', 'See your order in the new car.')],
  },
  CAR_UNKNOWN: {
    message: text('Mobil ini tidak dikenal.', 'This car is not known.'),
    actions: [scanAgain, text('Periksa nomor mobil.', 'Check the number of the car.'), payDriver],
  },
  CODE_REQUIRED: {
    message: text('Kode dari layar mobil diperlukan.', 'The code on the screen of the car is needed.'),
    actions: [scanAgain],
  },
  CODE_FORGED: {
    message: text('Kode ini tidak dibuat oleh kami.', 'This code was not made by us.'),
    actions: [scanTheScreen, payDriver, support],
  },
  CODE_EXPIRED: {
    message: text('Kode ini sudah kedaluwarsa.', 'This code has expired.'),
    actions: [text('Pindai kode baru di layar mobil.', 'Scan the new code on the screen of the car.')],
  },
  CODE_WRONG_CAR: {
    message: text('Kode ini milik mobil lain.', 'This code belongs to another car.'),
    actions: [text('Pindai kode di mobil yang Anda tumpangi.', 'Scan the code in the car you are in.')],
  },
  NOT_YOUR_CAR: {
    message: text('Anda tidak mengemudikan mobil ini.', 'You do not drive this car.'),
    actions: [text('Pilih mobil Anda di aplikasi pengemudi.', 'Choose your car in the driver app.')],
  },
};

export const textOf = (code: Code): LocalizedText => ({ code, ...texts[code] });

/** The refusal of the API with the localized message and actions. */
export const refusalOf = (code: Code, status: NonNullable<Refusal['status']>): Refusal => {
  const { message, actions } = texts[code];
  return { code, status, message: message.en, extra: { message, actions } };
};

/** The messages of notices and of open orders. */
export const notices = {
  waiting: text(
    'Kami menunggu laporan argo. Tidak perlu memindai lagi.',
    'We are waiting for the meter’s report. There is no need to scan again.',
  ),
  asking: text('Kami menanyakan perjalanan ini kepada pengemudi.', 'We are asking the driver about this trip.'),
  confirmed: text('Perjalanan Anda dikonfirmasi.', 'Your trip is confirmed.'),
  pleaseConfirm: text(
    'Penumpang memindai kode di mobil Anda. Apakah ia sedang menumpang?',
    'A passenger scanned the code in your car. Are they on board?',
  ),
  startArgo: text(
    'Penumpang memindai kode di mobil Anda. Nyalakan argo.',
    'A passenger scanned the code in your car. Start the meter.',
  ),
  pleaseFinish: text(
    'Argo sudah dimatikan. Akhiri perjalanan dengan tarifnya.',
    'The meter was stopped. Finish the trip with its fare.',
  ),
  finishOrSay: text(
    'Perjalanan ini belum diakhiri. Akhiri dengan tarifnya bila sudah selesai.',
    'This trip is not finished yet. Finish it with its fare if it is over.',
  ),
} as const satisfies Readonly<Record<string, Text>>;
