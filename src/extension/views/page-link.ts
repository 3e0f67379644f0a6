/** The host's end of a page that may be recreated at any time: calls wait until it is ready, and old ones end with it. */
import { LensError } from '../../shared/errors.ts';
import { connect, peekRequest, type CallContext, type Connection, type Handlers } from '../../shared/rpc.ts';

/** A webview's messages. */
export interface PageMessages {
  post(message: unknown): void;
  listen(receive: (message: unknown) => void): { dispose(): void };
}

export interface PageLinkOptions<Local> {
  readonly messages: PageMessages;
  readonly handlers: Handlers<Local>;
  /** Called when a page has announced itself; `recreated` where another page stood here before. */
  readonly onReady: (recreated: boolean) => void;
  readonly onNoticeError: (error: unknown, method: string) => void;
  /** How long a call waits for the page to load. */
  readonly loadBudgetMs?: number;
}

const defaultLoadBudgetMs = 60_000;

interface ReadyContract {
  ready(params: { readonly pageId: string }): unknown;
}

/**
 * A page's first message is `ready` with an id of its own. An id not seen before is a fresh page: the connection to
 * the one before is closed, so that its answers never reach the new one.
 */
export class PageLink<Local extends ReadyContract, Remote> {
  private connection: Connection<Remote> | undefined;
  private pageId: string | undefined;
  private deliver: ((message: unknown) => void) | undefined;
  private readonly arrivals = new Set<(connection: Connection<Remote>) => void>();
  private readonly subscription: { dispose(): void };
  private closed = false;

  constructor(private readonly options: PageLinkOptions<Local>) {
    this.subscription = options.messages.listen((message) => this.receive(message));
  }

  /**
   * Calls the page, waiting until it is loaded.
   * @throws LensError `disconnected` where it does not load, is recreated or closed meanwhile
   */
  async call<K extends keyof Remote & string>(
    method: K,
    params: Parameters<Connection<Remote>['call']>[1],
    signal?: AbortSignal,
  ): Promise<ResultOf<Remote, K>> {
    const connection = await this.whenReady();
    return connection.call(method, params, signal ? { signal } : {}) as Promise<ResultOf<Remote, K>>;
  }

  whenReady(): Promise<Connection<Remote>> {
    if (this.closed) return Promise.reject(gone());
    if (this.connection) return Promise.resolve(this.connection);
    return new Promise((resolve, reject) => {
      const budget = this.options.loadBudgetMs ?? defaultLoadBudgetMs;
      const timer = setTimeout(() => {
        this.arrivals.delete(arrived);
        reject(
          new LensError(
            'disconnected',
            'The panel did not load. Run “Developer: Reload Webviews”, or reload the window, and try again.',
          ),
        );
      }, budget);
      const arrived = (connection: Connection<Remote>): void => {
        clearTimeout(timer);
        if (this.closed) reject(gone());
        else resolve(connection);
      };
      this.arrivals.add(arrived);
    });
  }

  dispose(): void {
    if (this.closed) return;
    this.closed = true;
    this.subscription.dispose();
    this.connection?.close();
    const closedConnection = { close: () => undefined } as unknown as Connection<Remote>;
    for (const arrived of this.arrivals) arrived(closedConnection);
    this.arrivals.clear();
  }

  private receive(message: unknown): void {
    const request = peekRequest(message);
    if (request?.method === 'ready') {
      const pageId = pageIdOf(request.params);
      if (pageId !== undefined && pageId !== this.pageId) this.takeOver(pageId);
    }
    this.deliver?.(message);
  }

  private takeOver(pageId: string): void {
    const recreated = this.pageId !== undefined;
    this.connection?.close();
    this.connection = undefined;
    this.pageId = pageId;
    const { handlers, messages, onNoticeError, onReady } = this.options;
    const announced = async (params: never, context: CallContext): Promise<unknown> => {
      const result = await (handlers.ready as (p: never, c: CallContext) => unknown)(params, context);
      // The answer leaves first; the page may count on it.
      setTimeout(() => {
        if (this.closed || this.pageId !== pageId || this.connection) return;
        this.connection = connection;
        for (const arrived of this.arrivals) arrived(connection);
        this.arrivals.clear();
        onReady(recreated);
      }, 0);
      return result;
    };
    const connection = connect<Local, Remote>(
      {
        post: (reply) => messages.post(reply),
        listen: (receive) => {
          this.deliver = receive;
          return () => {
            if (this.deliver === receive) this.deliver = undefined;
          };
        },
      },
      { ...handlers, ready: announced } as Handlers<Local>,
      onNoticeError,
    );
  }
}

type ResultOf<T, K extends keyof T> = T[K] extends (params: never) => infer R ? Awaited<R> : never;

const gone = (): LensError => new LensError('disconnected', 'The panel was closed.');

function pageIdOf(params: unknown): string | undefined {
  if (typeof params !== 'object' || params === null || !('pageId' in params)) return undefined;
  return typeof params.pageId === 'string' ? params.pageId : undefined;
}
