/** Requests of riders and drivers, as API Gateway passes them to the function. */
import type { HttpEvent } from '../../functions/platform/http.ts';
import { httpEvent } from '../../tools/http-event.ts';

export const gambir = { lat: -6.176655, lng: 106.830583 };
/** Far from every pickup, so that its drivers are never found by the matcher. */
export const bandung = { lat: -6.914744, lng: 107.60981 };

export const rideWanted = (changes: Readonly<Record<string, unknown>> = {}) => ({
  pickup: { ...gambir, address: 'Stasiun Gambir, pintu utara', sequence: 0 },
  destination: { lat: -6.125567, lng: 106.655897, address: 'Bandara Soekarno-Hatta, Terminal 3' },
  serviceLine: 'BB',
  ...changes,
});

export const requestRide = (body: object, { sub, key }: { readonly sub: string; readonly key?: string }): HttpEvent =>
  httpEvent({
    method: 'POST',
    path: '/rides',
    sub,
    roles: ['rider'],
    body,
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });

export const seeRide = (id: string, sub: string): HttpEvent =>
  httpEvent({ method: 'GET', path: '/rides/{id}', params: { id }, sub, roles: ['rider'] });

export const seeMyself = (sub: string): HttpEvent =>
  httpEvent({ method: 'GET', path: '/drivers/me', sub, roles: ['driver'] });

export const answerOffer = (answer: 'accept' | 'decline', id: string, sub: string): HttpEvent =>
  httpEvent({
    method: 'POST',
    path: `/rides/{id}/${answer}`,
    params: { id },
    sub,
    roles: ['driver'],
    ...(answer === 'decline' ? { body: { reason: 'too far' } } : {}),
  });

export const pickUp = (id: string, sub: string): HttpEvent =>
  httpEvent({ method: 'POST', path: '/rides/{id}/pick-up', params: { id }, sub, roles: ['driver'] });

export const finishTrip = (id: string, sub: string, fare: number): HttpEvent =>
  httpEvent({ method: 'POST', path: '/orders/{id}/finish', params: { id }, sub, roles: ['driver'], body: { fare } });

export const cancelRide = (id: string, sub: string): HttpEvent =>
  httpEvent({
    method: 'POST',
    path: '/rides/{id}/cancel',
    params: { id },
    sub,
    roles: ['rider'],
    body: { reason: 'changed my mind' },
  });

export const movePickup = (id: string, sub: string, sequence: number): HttpEvent =>
  httpEvent({
    method: 'PATCH',
    path: '/rides/{id}/pickup',
    params: { id },
    sub,
    roles: ['rider'],
    body: { lat: -6.177, lng: 106.831, address: 'Stasiun Gambir, pintu selatan', sequence },
  });

export const reportDriver = (sub: string, position: { readonly lat: number; readonly lng: number }): HttpEvent =>
  httpEvent({
    method: 'PUT',
    path: '/drivers/me',
    sub,
    roles: ['driver'],
    body: { onDuty: true, serviceLine: 'BB', position },
  });
