/** Which GPU adapter this runtime offers. Knows nothing of tfjs, so that asking costs nothing. */

/**
 * What `navigator.gpu` has to offer:
 * - `absent`: there is no WebGPU at all (an insecure context, or switched off);
 * - `none`: WebGPU is there, but no adapter (no GPU, or its driver is on the browser's blocklist);
 * - `software`: only a fallback adapter that runs on the processor;
 * - `hardware`: a real GPU.
 */
export type AdapterProbe =
  | { readonly kind: 'absent' }
  | { readonly kind: 'none' }
  | { readonly kind: 'software' | 'hardware'; readonly adapter: GPUAdapter; readonly name: string };

/** What is read of an adapter; older browsers carry the fallback flag on the adapter instead of its info. */
type AdapterDescription = Partial<Omit<GPUAdapterInfo, '__brand'>>;
interface LegacyAdapter {
  readonly isFallbackAdapter?: boolean;
}

// Drivers that run on the processor without saying so in `isFallbackAdapter`.
const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/** A name for people, e.g. `nvidia ampere`, or `unknown adapter` where the browser hides it. */
export function adapterName(info: AdapterDescription): string {
  const parts = [info.vendor, info.architecture].filter(Boolean);
  if (parts.length > 0) return parts.join(' ');
  return [info.device, info.description].find(Boolean) ?? 'unknown adapter';
}

const isSoftware = (info: AdapterDescription, adapter: LegacyAdapter): boolean =>
  info.isFallbackAdapter === true ||
  adapter.isFallbackAdapter === true ||
  [info.vendor, info.architecture, info.device, info.description].some(
    (part) => part !== undefined && softwareNames.test(part),
  );

/**
 * Asks for the fastest adapter. Never throws: a browser that fails to answer has no adapter.
 * The adapter can be used for one device only, so ask anew for each.
 */
export async function probeAdapter(gpu: GPU | undefined): Promise<AdapterProbe> {
  if (!gpu) return { kind: 'absent' };
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (!adapter) return { kind: 'none' };
  const info: AdapterDescription = (adapter as Partial<GPUAdapter>).info ?? {};
  const kind = isSoftware(info, adapter as LegacyAdapter) ? 'software' : 'hardware';
  return { kind, adapter, name: adapterName(info) };
}

/**
 * Why nothing is computed on what was found, without a full stop; undefined where it may be.
 * @param forced whether a software adapter will do
 */
export function whyUnusable(probe: AdapterProbe, forced: boolean): string | undefined {
  switch (probe.kind) {
    case 'absent':
      return `this window has no WebGPU (${absence()})`;
    case 'none':
      return 'this window has no GPU adapter';
    case 'software':
      return forced ? undefined : 'the only adapter is a software one';
    case 'hardware':
      return undefined;
  }
}

const absence = (): string =>
  (globalThis as { isSecureContext?: boolean }).isSecureContext === false
    ? 'its page is not a secure context'
    : 'not supported or switched off';
