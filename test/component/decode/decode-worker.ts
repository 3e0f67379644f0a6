// The real decoder in a real worker of Chromium, as the engine has it.
import * as esbuild from 'esbuild';
import type { Browser } from 'playwright-core';
import { root } from '../../../scripts/lib/paths.mjs';
import { openComponent, type ComponentPage } from '../../support/component.ts';

export type Decoded =
  | { readonly width: number; readonly height: number; readonly data: Uint8Array; readonly error?: undefined }
  | { readonly error: { readonly code: string; readonly message: string } };

const workerSource = `
  import { decodeImage } from './src/engine/data/decode.ts';
  import { toWireError } from './src/shared/errors.ts';
  const decodeAll = (files) => Promise.all(files.map(({ bytes, name }) =>
    decodeImage(bytes, name).then(
      ({ width, height, data }) => ({ width, height, data }),
      (error) => ({ error: toWireError(error) }))));
  onmessage = async ({ data }) => postMessage(await decodeAll(data));
`;

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

interface PageFunctions {
  decodeAll(
    files: { base64: string; name: string }[],
  ): Promise<({ base64?: string } & Record<string, unknown>)[]>;
  encode(width: number, height: number, base64: string, type: string, quality: number): Promise<string>;
}

export class DecodeWorker {
  private constructor(private readonly component: ComponentPage) {}

  static async open(browser: Browser): Promise<DecodeWorker> {
    const built = await esbuild.build({
      absWorkingDir: root,
      stdin: { contents: workerSource, resolveDir: root, loader: 'ts' },
      bundle: true,
      write: false,
      format: 'iife',
      target: 'es2022',
      logLevel: 'silent',
    });
    const code = JSON.stringify(built.outputFiles[0]?.text);
    const script = `
      const worker = new Worker(URL.createObjectURL(new Blob([${code}])));
      const bytesOf = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      const textOf = (bytes: Uint8Array) => {
        let text = '';
        for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
        return btoa(text);
      };
      Object.assign(globalThis, {
        decodeAll: (files: { base64: string; name: string }[]) => new Promise((resolve, reject) => {
          worker.onerror = reject;
          worker.onmessage = ({ data }) => resolve(data.map(({ data, ...rest }: any) =>
            data ? { ...rest, base64: textOf(data) } : rest));
          worker.postMessage(files.map(({ base64, name }) => ({ bytes: bytesOf(base64), name })));
        }),
        encode: async (width: number, height: number, base64: string, type: string, quality: number) => {
          const canvas = new OffscreenCanvas(width, height);
          const pixels = new ImageData(new Uint8ClampedArray(bytesOf(base64)), width, height);
          canvas.getContext('2d')!.putImageData(pixels, 0, 0);
          const blob = await canvas.convertToBlob({ type, quality });
          if (blob.type !== type) throw new Error('this browser cannot encode ' + type);
          return textOf(new Uint8Array(await blob.arrayBuffer()));
        },
      });`;
    return new DecodeWorker(await openComponent(browser, { script }));
  }

  /** Decodes files at the same time, in one worker. */
  async decodeAll(files: readonly Uint8Array[], name = 'image.png'): Promise<Decoded[]> {
    const results = await this.component.page.evaluate(
      (given) => (globalThis as unknown as PageFunctions).decodeAll(given),
      files.map((bytes) => ({ base64: toBase64(bytes), name })),
    );
    return results.map(
      ({ base64, ...rest }) =>
        (base64 === undefined ? rest : { ...rest, data: fromBase64(base64) }) as Decoded,
    );
  }

  async decode(bytes: Uint8Array, name?: string): Promise<Decoded> {
    return (await this.decodeAll([bytes], name))[0] as Decoded;
  }

  /** An image file made by the browser. @param rgba U8 `[height, width, 4]` */
  async encode(
    width: number,
    height: number,
    rgba: Uint8Array,
    type: string,
    quality = 1,
  ): Promise<Uint8Array> {
    const text = await this.component.page.evaluate(
      ([w, h, base64, t, q]) => (globalThis as unknown as PageFunctions).encode(w, h, base64, t, q),
      [width, height, toBase64(rgba), type, quality] as const,
    );
    return fromBase64(text);
  }

  close(): Promise<void> {
    return this.component.close();
  }
}
