/** The seam to VS Code: the only file that touches `acquireVsCodeApi`. */
import { connect, type Channel, type Connection, type Handlers } from '../../shared/rpc.ts';

/** What a page needs of its host, apart from the calls themselves. */
export interface HostSeam {
  readonly channel: Channel;
  /** What {@link HostSeam.writeState} kept, also across a reload of the window; undefined at first. */
  readState(): unknown;
  /** Keeps a JSON value. */
  writeState(state: unknown): void;
}

interface VsCodeApi {
  postMessage(message: unknown, transfer?: readonly object[]): void;
  getState(): unknown;
  setState(state: unknown): unknown;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The seam inside a webview. VS Code hands its API out once, so call this once per page. */
export function webviewSeam(): HostSeam {
  const api = acquireVsCodeApi();
  return {
    channel: {
      post: (message, transfer) => api.postMessage(message, transfer ? [...transfer] : undefined),
      listen: (receive) => {
        const listener = (event: MessageEvent): void => receive(event.data);
        window.addEventListener('message', listener);
        return () => window.removeEventListener('message', listener);
      },
    },
    readState: () => api.getState(),
    writeState: (state) => void api.setState(state),
  };
}

/** A seam over any channel that keeps its state in memory: for tests. */
export function memorySeam(channel: Channel, state?: unknown): HostSeam {
  let kept = state;
  return {
    channel,
    readState: () => kept,
    // A copy through JSON, as VS Code makes it: what does not survive that must not be kept.
    writeState: (next) => void (kept = JSON.parse(JSON.stringify(next)) as unknown),
  };
}

export interface PageHost<Remote> extends HostSeam {
  readonly calls: Connection<Remote>;
  /** Names this page's life: a recreated page announces itself with another one. */
  readonly pageId: string;
}

/** Connects a page's contract to its host's. */
export function openHost<Local, Remote>(
  handlers: Handlers<Local>,
  onNoticeError: (error: unknown, method: string) => void,
  seam: HostSeam = webviewSeam(),
): PageHost<Remote> {
  return {
    ...seam,
    calls: connect<Local, Remote>(seam.channel, handlers, onNoticeError),
    pageId: crypto.randomUUID(),
  };
}
