/** What customers and drivers read, in Indonesian and English: a code, a message and what to do next. */
import type { Refusal } from '../kernel/decision.ts';

export type Language = 'id' | 'en';
export type Text = Readonly<Record<Language, string>>;
/** A refusal as its reader sees it. */
export type LocalizedText = { readonly code: Code; readonly message: Text; readonly actions: readonly Text[] };

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

const scanAgain: Text = { id: 'Pindai lagi kode di dalam mobil.', en: 'Scan the code in the car again.' };
const waitAndRetry: Text = { id: 'Tunggu sebentar, lalu coba lagi.', en: 'Wait a moment and try again.' };
const askDriver: Text = { id: 'Minta pengemudi menyalakan argo.', en: 'Ask the driver to start the meter.' };
const support: Text = {
  id: 'Jika masih gagal, hubungi layanan pelanggan.',
  en: 'If the problem continues, contact customer support.',
};
const payDriver: Text = { id: 'Bayar langsung kepada pengemudi.', en: 'Pay the driver directly.' };

const texts: Readonly<Record<Code, Omit<LocalizedText, 'code'>>> = {
  ARGO_NOT_STARTED: {
    message: { id: 'Argo belum aktif.', en: 'The meter is not active yet.' },
    actions: [askDriver, waitAndRetry, support],
  },
  DRIVER_DENIED: {
    message: {
      id: 'Pengemudi menyatakan perjalanan ini tidak berlangsung.',
      en: 'The driver says that this trip is not taking place.',
    },
    actions: [
      { id: 'Periksa nomor mobil bersama pengemudi.', en: 'Check the number of the car with the driver.' },
      scanAgain,
      support,
    ],
  },
  SCANNED_OTHER_CAR: {
    message: { id: 'Anda memindai kode di mobil lain.', en: 'You scanned the code in another car.' },
    actions: [{ id: 'Lihat pesanan Anda di mobil yang baru.', en: 'See your order in the new car.' }],
  },
  CAR_UNKNOWN: {
    message: { id: 'Mobil ini tidak dikenal.', en: 'This car is not known.' },
    actions: [scanAgain, { id: 'Periksa nomor mobil.', en: 'Check the number of the car.' }, payDriver],
  },
  CODE_REQUIRED: {
    message: { id: 'Kode dari layar mobil diperlukan.', en: 'The code on the screen of the car is needed.' },
    actions: [scanAgain],
  },
  CODE_FORGED: {
    message: { id: 'Kode ini tidak dibuat oleh kami.', en: 'This code was not made by us.' },
    actions: [
      {
        id: 'Pindai kode di layar mobil, bukan stiker lain.',
        en: 'Scan the code on the screen of the car, no other sticker.',
      },
      payDriver,
      support,
    ],
  },
  CODE_EXPIRED: {
    message: { id: 'Kode ini sudah kedaluwarsa.', en: 'This code has expired.' },
    actions: [{ id: 'Pindai kode baru di layar mobil.', en: 'Scan the new code on the screen of the car.' }],
  },
  CODE_WRONG_CAR: {
    message: { id: 'Kode ini milik mobil lain.', en: 'This code belongs to another car.' },
    actions: [{ id: 'Pindai kode di mobil yang Anda tumpangi.', en: 'Scan the code in the car you are in.' }],
  },
  NOT_YOUR_CAR: {
    message: { id: 'Anda tidak mengemudikan mobil ini.', en: 'You do not drive this car.' },
    actions: [{ id: 'Pilih mobil Anda di aplikasi pengemudi.', en: 'Choose your car in the driver app.' }],
  },
};

export const textOf = (code: Code): LocalizedText => ({ code, ...texts[code] });

/** The refusal of the API with the localized message and actions. */
export const refusalOf = (code: Code, status: NonNullable<Refusal['status']>): Refusal => {
  const { message, actions } = texts[code];
  return { code, status, message: message.en, extra: { message, actions } };
};

/** What the notices of an order say. */
export const notices = {
  waiting: {
    id: 'Kami menunggu laporan argo. Tidak perlu memindai lagi.',
    en: 'We are waiting for the meter’s report. There is no need to scan again.',
  },
  asking: { id: 'Kami menanyakan perjalanan ini kepada pengemudi.', en: 'We are asking the driver about this trip.' },
  confirmed: { id: 'Perjalanan Anda dikonfirmasi.', en: 'Your trip is confirmed.' },
  pleaseConfirm: {
    id: 'Penumpang memindai kode di mobil Anda. Apakah ia sedang menumpang?',
    en: 'A passenger scanned the code in your car. Are they on board?',
  },
} as const satisfies Readonly<Record<string, Text>>;
