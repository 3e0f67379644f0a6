/** The extension host of a page under test, in the page itself. Records what it is asked. */
import type { Batch } from '../../../src/shared/batch.ts';
import { LensError, toWireError } from '../../../src/shared/errors.ts';
import type { ModelCardHostApi, ModelCardPageApi } from '../../../src/shared/protocol/model-card-page.ts';
import type { EvaluationFolder } from '../../../src/shared/protocol/evaluate.ts';
import type { ReportHostApi, ReportPageApi } from '../../../src/shared/protocol/report.ts';
import type { StudioHostApi, StudioPageApi } from '../../../src/shared/protocol/studio.ts';
import { connect, type Connection } from '../../../src/shared/rpc.ts';
import { packBytes } from '../../../src/shared/transport.ts';
import { channel, keptState, provideApi, violations } from './page-seam.ts';
import * as samples from './samples.ts';

// The Studio’s `ready` answers with more than the others’ and serves them too.
type Local = StudioHostApi & Omit<ReportHostApi, 'ready'> & Omit<ModelCardHostApi, 'ready'>;
type Remote = StudioPageApi & ReportPageApi & ModelCardPageApi;

export interface RecordedCall {
  readonly method: string;
  readonly params: unknown;
  /** Milliseconds since the page began. */
  readonly at: number;
}

export interface FakeHost {
  readonly page: Connection<Remote>;
  readonly calls: RecordedCall[];
  /** Files that `readFile` knows, by URI. */
  readonly files: Map<string, Uint8Array>;
  /** Files saved, by URI. */
  readonly saved: Map<string, Uint8Array>;
  /** Number of bytes of each buffer behind the parts of saves. */
  readonly saveBuffers: number[];
  /** What the user picks in the dialog for images. */
  picked: readonly { readonly uri: string; readonly name: string }[];
  /** The folder that the user saves in; null to cancel. */
  savesAs: string | null;
  /** Set to refuse saves. */
  fault: 'disk-full' | null;
  /** The folder that the user chooses to evaluate on; null to cancel. */
  evaluation: EvaluationFolder | null;
  /** Images of the batch that {@link FakeHost.page} is asked to check: served by `pullBatch`. */
  batch: Batch | null;
  readonly samples: typeof samples;
  /** Violations of the content policy. */
  readonly violations: string[];
  state: unknown;
}

const calls: RecordedCall[] = [];
const files = new Map<string, Uint8Array>();
const saved = new Map<string, Uint8Array>();
const saveBuffers: number[] = [];
const open = new Map<string, { name: string; parts: Uint8Array[]; size: number }>();

const note =
  (method: string) =>
  (params: unknown): void => {
    calls.push({ method, params, at: performance.now() });
  };
const noteQuietly = (method: string, params: unknown): void => note(method)(params);

const page = connect<Local, Remote>(
  channel,
  {
    ready: (params) => {
      noteQuietly('ready', params);
      return { engine: 'auto', workers: 1, version: '0.1.0' };
    },
    pull: (params) => {
      noteQuietly('pull', params);
      const { evaluation } = host;
      if (params.source === evaluation?.source) {
        const some = (params.only ?? []).slice(params.cursor.file, params.cursor.file + 8);
        const file = params.cursor.file + some.length;
        return {
          segments: some.map((index) => ({
            file: { index, path: evaluation.paths[index] ?? '', role: 'image', label: -1, split: null },
            ...{ offset: 0, length: 10, size: 10 },
          })),
          bytes: new Uint8Array(10 * some.length),
          next: file < (params.only ?? []).length ? { file, offset: 0 } : null,
        };
      }
      const bytes = new Uint8Array(1000).fill(7);
      return {
        segments: [
          {
            file: { index: 0, path: 'a.png', role: 'image', label: 0, split: null },
            offset: 0,
            length: 1000,
            size: 1000,
          },
        ],
        bytes,
        next: null,
      };
    },
    keepPacked: () => false,
    endPacked: () => undefined,
    readFile: ({ uri, offset, length }) => {
      noteQuietly('readFile', { uri, offset, length });
      const file = files.get(uri) ?? saved.get(uri);
      if (!file) throw new LensError('not-found', 'The file is no longer there.');
      return { bytes: file.slice(offset, offset + length), size: file.length };
    },
    pullBatch: ({ run, cursor }) => {
      noteQuietly('pullBatch', { run, cursor });
      const names = host.batch?.names ?? [];
      const indices = names.map((_, index) => index).slice(cursor.file, cursor.file + 64);
      return {
        segments: indices.map((index) => ({
          file: { index, path: names[index] ?? '', role: 'image', label: -1, split: null },
          offset: 0,
          length: 10,
          size: 10,
        })),
        bytes: new Uint8Array(10 * indices.length).fill(7),
        next: cursor.file + 64 < names.length ? { file: cursor.file + 64, offset: 0 } : null,
      };
    },
    batchRows: note('batchRows'),
    readRow: ({ batch, index, offset, length }) => {
      noteQuietly('readRow', { batch, index, offset, length });
      return { bytes: new Uint8Array(10).slice(offset, offset + length), size: 10 };
    },
    titled: note('titled'),
    openNear: note('openNear'),
    showOnMap: note('showOnMap'),
    rowAction: note('rowAction'),
    continueBatch: note('continueBatch'),
    repeatBatch: note('repeatBatch'),
    beginSave: ({ jobId, name, size }) => {
      noteQuietly('beginSave', { jobId, name, size });
      const token = `save-${open.size + 1}`;
      open.set(token, { name, parts: [], size });
      return { token };
    },
    appendSave: ({ token, bytes }) => {
      noteQuietly('appendSave', { token, length: bytes.length });
      if (bytes.length > packBytes) throw new LensError('internal', 'The part is too large.');
      if (host.fault === 'disk-full')
        throw new LensError('disk-full', 'The disk is full; free some space and resume.');
      saveBuffers.push(bytes.buffer.byteLength);
      open.get(token)?.parts.push(bytes);
    },
    commitSave: ({ token }) => {
      noteQuietly('commitSave', { token });
      const entry = open.get(token);
      if (!entry) throw new LensError('write-failed', 'This save was never begun.');
      const whole = new Uint8Array(entry.size);
      let offset = 0;
      for (const part of entry.parts) {
        whole.set(part, offset);
        offset += part.length;
      }
      if (offset !== entry.size) throw new LensError('write-failed', 'The parts are not the whole.');
      const uri = `file:///workspace/latent-lens/${entry.name}.lens.safetensors`;
      saved.set(uri, whole);
      if (files.has(uri)) files.set(uri, whole);
      return { uri, savedAs: `latent-lens/${entry.name}.lens.safetensors` };
    },
    jobChanged: note('jobChanged'),
    jobEnded: note('jobEnded'),
    projectionEnded: note('projectionEnded'),
    continueProjection: note('continueProjection'),
    recalibrateModel: note('recalibrateModel'),
    showMap: note('showMap'),
    chooseDataset: note('chooseDataset'),
    openFile: note('openFile'),
    checkImage: note('checkImage'),
    openImage: note('openImage'),
    pickImages: (params) => {
      noteQuietly('pickImages', params);
      return { images: host.picked };
    },
    listEvaluation: (params) => {
      noteQuietly('listEvaluation', params);
      return host.evaluation;
    },
    openEvaluated: note('openEvaluated'),
    saveFile: ({ name, bytes }) => {
      noteQuietly('saveFile', { name, bytes: [...bytes] });
      return { savedAs: host.savesAs === null ? null : `${host.savesAs}/${name}` };
    },
    reveal: note('reveal'),
    resumeModel: note('resumeModel'),
    showLog: note('showLog'),
    log: note('log'),
    reportError: note('reportError'),
    chooseModel: note('chooseModel'),
    train: note('train'),
    setActive: note('setActive'),
    openInStudio: note('openInStudio'),
    resume: note('resume'),
  },
  (error) => note('noticeError')(toWireError(error)),
);

const host: FakeHost = {
  page,
  calls,
  files,
  saved,
  saveBuffers,
  picked: [],
  batch: null,
  evaluation: null,
  savesAs: 'exports',
  fault: null,
  samples,
  violations,
  state: keptState(),
};
Object.assign(globalThis, { fakeHost: host });
provideApi(host);

declare global {
  // A test reaches its host through the page's window.
  var fakeHost: FakeHost;
}
