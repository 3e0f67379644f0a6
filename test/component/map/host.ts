/** The extension host of the map under test, in the page itself. Records what it is asked. */
import { LensError } from '../../../src/shared/errors.ts';
import type { MapHostApi, MapPageApi } from '../../../src/shared/protocol/map.ts';
import { connect, type Connection } from '../../../src/shared/rpc.ts';
import { channel, keptState, provideApi, violations } from '../fakes/page-seam.ts';

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

const host: MapHost = {
  page,
  calls,
  files,
  saved,
  large: false,
  hold: Promise.resolve(),
  state: keptState(),
  violations,
};

Object.assign(globalThis, { mapHost: host });
provideApi(host);

declare global {
  // A test reaches the map's host through the page's window.
  var mapHost: MapHost;
}
