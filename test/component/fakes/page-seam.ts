/** VS Code's side of a page under test: in the page itself, behind `acquireVsCodeApi`. Keeps what the policy refuses. */
import type { Channel } from '../../../src/shared/rpc.ts';

/** Violations of the content policy. */
export const violations: string[] = [];
document.addEventListener('securitypolicyviolation', (event) => {
  violations.push(
    `${event.violatedDirective}: ${event.blockedURI} ${event.sample} (${event.sourceFile}:${event.lineNumber})`,
  );
});

/** A message arrives as VS Code brings it: a copy, in a task of its own. */
const deliver = (message: unknown, receive: (copy: unknown) => void, transfer: Transferable[] = []): void => {
  const copy: unknown = structuredClone(message, { transfer });
  setTimeout(() => receive(copy));
};

let toHost: ((message: unknown) => void) | undefined;

/** The host's end. */
export const channel: Channel = {
  post: (message) => deliver(message, (data) => dispatchEvent(new MessageEvent('message', { data }))),
  listen: (receive) => {
    toHost = receive;
    return () => (toHost = undefined);
  },
};

/** What a page kept before it was created anew; undefined at first. */
export function keptState(): unknown {
  const kept = sessionStorage.getItem('state');
  return kept === null ? undefined : JSON.parse(kept);
}

/** What every host of a page under test has. */
export interface RecordingHost {
  readonly calls: readonly { readonly method: string; readonly params: unknown }[];
  readonly violations: readonly string[];
  /** What the page keeps. */
  state: unknown;
}

/** Gives the page its API, and the test its host. */
export function provideApi(host: RecordingHost): void {
  Object.assign(globalThis, {
    recordingHost: host,
    acquireVsCodeApi: () => ({
      postMessage: (message: unknown, transfer: readonly ArrayBuffer[] = []) =>
        deliver(message, (copy) => toHost?.(copy), [...transfer]),
      getState: () => host.state,
      setState: (state: unknown) => {
        host.state = state;
        sessionStorage.setItem('state', JSON.stringify(state));
      },
    }),
  });
}

declare global {
  var recordingHost: RecordingHost;
}
