/** What riders and drivers read about a trip, in Indonesian and English. */
type Text = Readonly<Record<'id' | 'en', string>>;

export const rideTexts = {
  pickedUp: { id: 'Perjalanan dimulai.', en: 'Your trip has started.' },
  givenBack: {
    id: 'Pengemudi Anda berhalangan. Kami mencari pengemudi lain.',
    en: 'Your driver cannot come. We are looking for another one.',
  },
  'pick-up': {
    id: 'Apakah penumpang sudah naik? Laporkan penjemputan atau batalkan perjalanan.',
    en: 'Is the rider in the car? Report the pick-up or cancel the ride.',
  },
  finish: {
    id: 'Apakah perjalanan sudah selesai? Masukkan tarifnya.',
    en: 'Is the trip over? Finish it with its fare.',
  },
} as const satisfies Readonly<Record<string, Text>>;
