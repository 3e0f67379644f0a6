/** The extension host of the map under test: in the page itself, behind `acquireVsCodeApi`. Records what it is asked. */
import { LensError } from '../../../src/shared/errors.ts';
import type { MapHostApi, MapPageApi } from '../../../src/shared/protocol/map.ts';
import { connect, type Channel, type Connection } from '../../../src/shared/rpc.ts';

export interface MapHost {
  readonly page: Connection<MapPageApi>;
  readonly calls: { readonly method: string; readonly params: unknown }[];
  readonly files: Map<string, Uint8Array>;
  /** Files that the page saved, as text. */
  readonly saved: Map<string, Uint8Array>;
  large: boolean;
  /** Images are handed out when this is fulfilled. */
  hold: Promise<void>;
  state: unknown;
  readonly violations: string[];
}

const violations: string[] = [];
document.addEventListener('securitypolicyviolation', (event) => {
  violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
});

let toHost: ((message: unknown) => void) | undefined;
const channel: Channel = {
  post: (message) => {
    const copy: unknown = structuredClone(message);
    setTimeout(() => dispatchEvent(new MessageEvent('message', { data: copy })));
  },
  listen: (receive) => {
    toHost = receive;
    return () => (toHost = undefined);
  },
};

const calls: MapHost['calls'] = [];
const files: MapHost['files'] = new Map();
const saved: MapHost['saved'] = new Map();
const note =
  (method: string) =>
  (params: unknown): void => {
    calls.push({ method, params });
  };

const page = connect<MapHostApi, MapPageApi>(
  channel,
  {
    ready: (params) => {
      calls.push({ method: 'ready', params });
      return { large: host.large };
    },
    readFile: ({ uri, offset, length }) => {
      calls.push({ method: 'readFile', params: { uri, offset, length } });
      const file = files.get(uri);
      if (!file) throw new LensError('not-found', 'The file is no longer there.');
      return { bytes: file.slice(offset, offset + length), size: file.length };
    },
    readImage: async ({ path }) => {
      await host.hold;
      const file = files.get(path);
      if (!file) throw new LensError('not-found', 'The image is no longer there.');
      return { bytes: file };
    },
    openImage: note('openImage'),
    revealImage: note('revealImage'),
    checkImage: note('checkImage'),
    copyPaths: note('copyPaths'),
    saveFile: ({ name, bytes }) => {
      saved.set(name, bytes);
      calls.push({ method: 'saveFile', params: { name } });
      return { savedAs: name };
    },
    relink: note('relink'),
    chooseModel: note('chooseModel'),
    train: note('train'),
    openInStudio: note('openInStudio'),
    project: note('project'),
    continueProjection: note('continueProjection'),
    stopProjection: note('stopProjection'),
    openInEditor: note('openInEditor'),
    showLog: note('showLog'),
    log: note('log'),
  },
  (error) => note('noticeError')(String(error)),
);

const kept = sessionStorage.getItem('state');
const host: MapHost = {
  page,
  calls,
  files,
  saved,
  large: false,
  hold: Promise.resolve(),
  state: kept === null ? undefined : (JSON.parse(kept) as unknown),
  violations,
};

Object.assign(globalThis, {
  mapHost: host,
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown, transfer?: readonly ArrayBuffer[]) => {
      const copy: unknown = structuredClone(message, { transfer: transfer ? [...transfer] : [] });
      setTimeout(() => toHost?.(copy));
    },
    getState: () => host.state,
    setState: (state: unknown) => {
      host.state = state;
      sessionStorage.setItem('state', JSON.stringify(state));
    },
  }),
});

declare global {
  // A test reaches the map's host through the page's window.
  var mapHost: MapHost;
}
