/** One WebSocket from its opening to its end: open in time, pinged, ended when it no longer answers. */

/** The part of the platform's `WebSocket` that is used. */
export type WebSocketLike = {
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: unknown) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
};
export type MakeWebSocket = new (url: string) => WebSocketLike;

export type SocketOptions = {
  readonly url: string;
  readonly make: MakeWebSocket;
  /** Time to open, and time for an answer to a ping. */
  readonly answerMs: number;
  /** Idle time after which a ping is sent. */
  readonly heartbeatMs: number;
  readonly onText: (text: unknown) => void;
  /** Called once, when a socket that was open has ended, on either side. */
  readonly onEnd: (why: string) => void;
};

export type Socket = {
  readonly send: (message: object) => void;
  /** Pings now; no answer ends the socket. */
  readonly check: () => void;
  readonly close: () => void;
};

const ping = JSON.stringify({ action: 'ping' });

/** Resolves with the open socket; rejects when it does not open in time or is refused. */
export const openSocket = ({ url, make, answerMs, heartbeatMs, onText, onEnd }: SocketOptions): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = new make(url);
    let isOpen = false;
    let hasEnded = false;
    let pinged = false;
    let timer: ReturnType<typeof setTimeout>;

    /** A socket without a network never reports its close, so its end is not awaited. */
    const end = (why: string): void => {
      if (hasEnded) return;
      hasEnded = true;
      clearTimeout(timer);
      socket.onopen = null;
      socket.onmessage = null;
      socket.onclose = null;
      // A socket closed before it opened still reports an error, which nothing else handles.
      socket.onerror = () => {};
      socket.close();
      if (isOpen) onEnd(why);
      else reject(new Error(why));
    };
    const check = (): void => {
      if (hasEnded || pinged) return;
      pinged = true;
      clearTimeout(timer);
      timer = setTimeout(() => end(`no answer to a ping within ${answerMs} ms`), answerMs);
      socket.send(ping);
    };
    const alive = (): void => {
      pinged = false;
      clearTimeout(timer);
      timer = setTimeout(check, heartbeatMs);
    };

    timer = setTimeout(() => end(`not open within ${answerMs} ms`), answerMs);
    socket.onopen = () => {
      isOpen = true;
      alive();
      resolve({
        send: (message) => socket.send(JSON.stringify(message)),
        check,
        close: () => end('closed by the app'),
      });
    };
    socket.onmessage = ({ data }) => {
      alive();
      onText(data);
    };
    socket.onclose = ({ code, reason }) => end(`closed with code ${code}${reason ? `: ${reason}` : ''}`);
    socket.onerror = (event) =>
      end(`the connection failed: ${(event as { message?: string }).message || 'no reason given'}`);
  });
