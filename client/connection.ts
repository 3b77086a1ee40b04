/** Keeps one socket open: reconnects after pauses, and replaces a socket before it grows too old. */
import { type Backoff, backoff } from './pace.ts';
import type { RealtimeState } from './realtime-api.ts';
import type { Socket } from './socket.ts';

export type ConnectionOptions = {
  /** @param failures attempts in a row that failed */
  readonly open: (onEnd: (why: string) => void, failures: number) => Promise<Socket>;
  readonly renewMs: number;
  readonly backoff: Backoff;
  readonly onOpen: (socket: Socket, resumed: boolean) => void;
  readonly onEnd: (why: string) => void;
  readonly onState: (state: RealtimeState) => void;
  readonly onProblem: (problem: unknown) => void;
};

/** A connection that ends sooner counts as a failure: the pauses continue to grow. */
const provenMs = 10_000;

/** The state, which never changes again once it is `closed`. */
const stateWith = (onState: (state: RealtimeState) => void) => {
  let state: RealtimeState = 'connecting';
  const become = (next: RealtimeState): void => {
    if (state === next || state === 'closed') return;
    state = next;
    onState(next);
  };
  return { become, now: () => state, isClosed: (): boolean => state === 'closed' };
};

/** Connects and stays connected until `close`. */
export const connection = ({ open, renewMs, backoff: pauses, ...on }: ConnectionOptions) => {
  const { become, now, isClosed } = stateWith(on.onState);
  let current: { readonly socket: Socket; readonly since: number } | undefined;
  let isConnecting = false;
  let opened = 0;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const connectIn = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void connect(), ms);
  };
  const reconnect = (): void => {
    if (!current) become('waiting');
    connectIn(backoff(failures, pauses, Math.random()));
    failures += 1;
  };
  const lost = (why: string): void => {
    if (current && Date.now() - current.since >= provenMs) failures = 0;
    current = undefined;
    if (isClosed()) return;
    on.onEnd(why);
    if (isConnecting) become('connecting');
    else reconnect();
  };
  const replaceBy = (socket: Socket): void => {
    const old = current;
    current = { socket, since: Date.now() };
    opened += 1;
    // Not all at once: the apps of a city connected together after the last deployment.
    connectIn(renewMs * (1 - Math.random() / 10));
    become('open');
    on.onOpen(socket, opened > 1);
    old?.socket.close();
  };
  const openOnce = async (): Promise<void> => {
    let hasEnded = false;
    const socket = await open((why) => {
      hasEnded = true;
      if (current?.socket === socket) lost(why);
    }, failures);
    if (isClosed() || hasEnded) socket.close();
    else replaceBy(socket);
  };
  const connect = async (): Promise<void> => {
    if (isConnecting || isClosed()) return;
    isConnecting = true;
    clearTimeout(timer);
    if (!current) become('connecting');
    const before = opened;
    await openOnce().catch(on.onProblem);
    isConnecting = false;
    if (!isClosed() && (opened === before || !current)) reconnect();
  };
  void connect();
  return {
    state: now,
    send: (message: object): void => current?.socket.send(message),
    checkNow: (): void => {
      if (current) current.socket.check();
      else if (now() === 'waiting') void connect();
    },
    close: (): void => {
      become('closed');
      clearTimeout(timer);
      current?.socket.close();
      current = undefined;
    },
  };
};
