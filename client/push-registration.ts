/** The registration of a device for mobile push, until the server has confirmed it, and again with each connection. */
import type { ServerReply } from './notifications.ts';
import { TuntasProblem } from './problem.ts';

type Registration = { readonly resolve: () => void; readonly reject: (error: TuntasProblem) => void };

export const pushRegistration = () => {
  let token: string | undefined;
  let waiting: Registration[] = [];
  const settle = (each: (registration: Registration) => void): void => {
    const settled = waiting;
    waiting = [];
    settled.forEach(each);
  };
  return {
    message: () => (token === undefined ? undefined : { action: 'register-push', token }),
    register: (pushToken: string) =>
      new Promise<void>((resolve, reject) => {
        token = pushToken;
        waiting.push({ resolve, reject });
      }),
    confirmed: () => settle(({ resolve }) => resolve()),
    refused: (problem: TuntasProblem) => {
      token = undefined;
      settle(({ reject }) => reject(problem));
    },
  };
};

export const refusalOf = ({ code, detail, errors = [] }: Extract<ServerReply, { type: 'ERROR' }>): TuntasProblem =>
  new TuntasProblem({ status: 0, code, detail, errors });
