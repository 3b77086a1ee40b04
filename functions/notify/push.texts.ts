/** What a phone shows for a notification while the app is closed. No place and no name: a lock screen is public. */
type PushText = { readonly title: string; readonly body: string };

/** Once open, the app shows its own text in the language of its user. */
const texts = {
  NEW_RIDE_REQUEST: { title: 'Permintaan perjalanan baru', body: 'Buka aplikasi untuk menerima atau menolak.' },
  RIDE_WITHDRAWN: { title: 'Permintaan ditarik', body: 'Perjalanan ini tidak lagi ditawarkan kepada Anda.' },
  RIDE_ACCEPTED: { title: 'Pengemudi ditemukan', body: 'Pengemudi Anda sedang menuju titik jemput.' },
  RIDE_PICKED_UP: { title: 'Perjalanan dimulai', body: 'Selamat menikmati perjalanan Anda.' },
  RIDE_GIVEN_BACK: { title: 'Mencari pengemudi lain', body: 'Pengemudi Anda berhalangan. Kami mencari penggantinya.' },
  RIDE_OVERDUE: {
    title: 'Perjalanan belum selesai',
    body: 'Buka aplikasi untuk melaporkan penjemputan atau akhir perjalanan.',
  },
  RIDE_DECLINED: { title: 'Pengemudi tidak tersedia', body: 'Silakan pesan kembali.' },
  RIDE_CANCELLED: { title: 'Perjalanan dibatalkan', body: 'Buka aplikasi untuk melihat rinciannya.' },
  RIDE_EXPIRED: { title: 'Pengemudi belum ditemukan', body: 'Silakan pesan kembali.' },
  ARGO_CHANGED: { title: 'Argo', body: 'Status argo mobil Anda berubah.' },
  EZPAY_CONFIRM_REQUEST: { title: 'Penumpang memindai EzPay', body: 'Buka aplikasi untuk mengonfirmasi.' },
  EZPAY_DRIVER_ASKED: { title: 'EzPay', body: 'Kami menanyakan perjalanan Anda kepada pengemudi.' },
  EZPAY_CONFIRMED: { title: 'EzPay dikonfirmasi', body: 'Buka aplikasi untuk membayar.' },
  EZPAY_CANCELLED: { title: 'EzPay dibatalkan', body: 'Buka aplikasi untuk melihat alasannya.' },
  PAYMENT_DUE: { title: 'Pembayaran belum diterima', body: 'Buka aplikasi untuk membayar perjalanan Anda.' },
  START_ARGO: { title: 'Nyalakan argo', body: 'Penumpang memindai kode di mobil Anda.' },
  FINISH_PROPOSED: { title: 'Akhiri perjalanan', body: 'Buka aplikasi untuk mengakhiri perjalanan dengan tarifnya.' },
  PICKUP_UPDATED: { title: 'Titik jemput berubah', body: 'Buka aplikasi untuk melihat titik jemput yang baru.' },
} as const satisfies Readonly<Record<string, PushText>>;
export type NotificationType = keyof typeof texts;
/** What the app shows of a fare that is not paid. */
export const paymentDue = {
  id: 'Perjalanan Anda belum dibayar. Buka pesanan untuk memilih cara pembayaran.',
  en: 'Your trip is not paid yet. Open the order to choose how to pay.',
} as const;
const other: PushText = { title: 'Tuntas', body: 'Buka aplikasi untuk melihat kabar terbaru.' };

export const pushTextFor = (type: string): PushText =>
  Object.hasOwn(texts, type) ? texts[type as NotificationType] : other;
