/**
 * Typed calls over any message channel: host ↔ page and page ↔ worker speak through this alone.
 *
 * A contract is an interface of methods with one parameter object: `{ read(p: { offset: number }): Uint8Array }`.
 * Each side passes the handlers of its own contract to {@link connect} and gets a caller for the other's.
 * Calls can be cancelled by an AbortSignal; errors arrive as {@link LensError} with their code.
 */
import { LensError, cancelled, fromWireError, toWireError, type WireError } from './errors.ts';

/** What a contract may look like: methods of one parameter. */
export type Contract<T> = { [K in keyof T]: (params: never) => unknown };

export interface CallContext {
  /** Aborted when the caller cancels or the connection closes. */
  readonly signal: AbortSignal;
}

type Params<F> = F extends (params: infer P) => unknown ? P : never;
type Result<F> = F extends (params: never) => infer R ? Awaited<R> : never;

export type Handlers<T> = {
  [K in keyof T]: (params: Params<T[K]>, context: CallContext) => Result<T[K]> | Promise<Result<T[K]>>;
};

/** Both ends of a wire: a webview, a Worker, a MessagePort. */
export interface Channel {
  post(message: unknown, transfer?: readonly object[]): void;
  /** Starts listening; the returned function stops it. */
  listen(receive: (message: unknown) => void): () => void;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Buffers inside the parameters to hand over instead of copying; ports, which cannot be copied. */
  readonly transfer?: readonly object[];
}

export interface Connection<Remote> {
  call<K extends keyof Remote & string>(
    method: K,
    params: Params<Remote[K]>,
    options?: CallOptions,
  ): Promise<Result<Remote[K]>>;
  /** A call whose answer nobody waits for: events and progress. */
  send<K extends keyof Remote & string>(
    method: K,
    params: Params<Remote[K]>,
    transfer?: readonly ArrayBuffer[],
  ): void;
  /** Fails what is under way with `disconnected` and stops listening. */
  close(): void;
}

interface Request {
  readonly lens: 'request';
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}
interface Notice {
  readonly lens: 'notice';
  readonly method: string;
  readonly params: unknown;
}
interface Reply {
  readonly lens: 'reply';
  readonly id: number;
  readonly result?: unknown;
  readonly error?: WireError;
}
interface Cancel {
  readonly lens: 'cancel';
  readonly id: number;
}
type Message = Request | Notice | Reply | Cancel;

const transfers = new WeakMap<object, readonly ArrayBuffer[]>();

/** Marks a handler's result so that `buffers` are handed over with the reply instead of copied. */
export function transferring<T extends object>(result: T, buffers: readonly ArrayBuffer[]): T {
  transfers.set(result, buffers);
  return result;
}

const isMessage = (value: unknown): value is Message =>
  typeof value === 'object' && value !== null && 'lens' in value;

/** What a raw message asks for, if it is a request or a notice: lets a host see a fresh page announce itself. */
export function peekRequest(
  message: unknown,
): { readonly method: string; readonly params: unknown } | undefined {
  if (!isMessage(message) || (message.lens !== 'request' && message.lens !== 'notice')) return undefined;
  return { method: message.method, params: message.params };
}

/**
 * @param onNoticeError receives what a handler threw for a `send`, which has no caller to tell.
 */
export function connect<Local, Remote>(
  channel: Channel,
  handlers: Handlers<Local>,
  onNoticeError: (error: unknown, method: string) => void = (error) => {
    throw error;
  },
): Connection<Remote> {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  const running = new Map<number, AbortController>();
  let nextId = 1;
  let closed = false;

  const invoke = async (method: string, params: unknown, signal: AbortSignal): Promise<unknown> => {
    const handler = Object.hasOwn(handlers, method) ? handlers[method as keyof Local] : undefined;
    if (handler === undefined) throw new LensError('internal', `Nothing here answers to “${method}”.`);
    return handler(params as Params<Local[keyof Local]>, { signal });
  };

  const answer = async (request: Request): Promise<void> => {
    const abort = new AbortController();
    running.set(request.id, abort);
    let reply: Reply;
    let buffers: readonly ArrayBuffer[] = [];
    try {
      const result = await invoke(request.method, request.params, abort.signal);
      reply = { lens: 'reply', id: request.id, result };
      if (typeof result === 'object' && result !== null) buffers = transfers.get(result) ?? [];
    } catch (error) {
      reply = { lens: 'reply', id: request.id, error: toWireError(error) };
    }
    running.delete(request.id);
    if (closed) return;
    try {
      channel.post(reply, buffers);
    } catch (error) {
      // A result that cannot be cloned must not leave the caller waiting for ever.
      const unsendable = new LensError(
        'internal',
        `The answer of “${request.method}” could not be sent.`,
        String(error),
      );
      channel.post({ lens: 'reply', id: request.id, error: toWireError(unsendable) } satisfies Reply);
    }
  };

  const receive = (message: unknown): void => {
    if (!isMessage(message)) return;
    switch (message.lens) {
      case 'request':
        void answer(message);
        break;
      case 'notice':
        invoke(message.method, message.params, new AbortController().signal).catch((error: unknown) =>
          onNoticeError(error, message.method),
        );
        break;
      case 'cancel':
        running.get(message.id)?.abort();
        break;
      case 'reply': {
        const caller = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.error) caller?.reject(fromWireError(message.error));
        else caller?.resolve(message.result);
        break;
      }
    }
  };
  const stopListening = channel.listen(receive);

  return {
    call: (method, params, options = {}) => {
      const { signal, transfer } = options;
      if (closed) return Promise.reject(new LensError('disconnected', 'The other side has gone.'));
      if (signal?.aborted) return Promise.reject(cancelled());
      const id = nextId++;
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          if (!waiting.delete(id)) return;
          channel.post({ lens: 'cancel', id } satisfies Cancel);
          reject(cancelled());
        };
        const settled = (): void => signal?.removeEventListener('abort', onAbort);
        waiting.set(id, {
          resolve: (value) => {
            settled();
            resolve(value as never);
          },
          reject: (error) => {
            settled();
            reject(error as Error);
          },
        });
        signal?.addEventListener('abort', onAbort, { once: true });
        try {
          channel.post({ lens: 'request', id, method, params } satisfies Request, transfer);
        } catch (error) {
          waiting.delete(id);
          settled();
          reject(new LensError('internal', `The call of “${method}” could not be sent.`, String(error)));
        }
      });
    },
    send: (method, params, transfer) => {
      if (!closed) channel.post({ lens: 'notice', method, params } satisfies Notice, transfer);
    },
    close: () => {
      if (closed) return;
      closed = true;
      stopListening();
      for (const caller of waiting.values()) {
        caller.reject(new LensError('disconnected', 'The other side has gone.'));
      }
      waiting.clear();
      for (const abort of running.values()) abort.abort();
      running.clear();
    },
  };
}

/** A channel over a Worker or MessagePort-like object. */
export function portChannel(port: {
  postMessage(message: unknown, transfer: object[]): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  removeEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}): Channel {
  return {
    post: (message, transfer = []) => port.postMessage(message, [...transfer]),
    listen: (receive) => {
      const listener = (event: { data: unknown }): void => receive(event.data);
      port.addEventListener('message', listener);
      return () => port.removeEventListener('message', listener);
    },
  };
}
