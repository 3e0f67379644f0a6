// What one core can do at most in WebAssembly: multiply-adds on registers, with no memory in the way. A limit to hold the
// kernels against, measured on the machine and in the run that measured them.
import type { KernelBuild } from '../src/engine/backends/wasm/engine.ts';

/** Independent chains: enough to hide the latency of two units, few enough for the sixteen registers of a processor. */
const chains = 12;
const lanes = 4;

/** Unsigned LEB128, WebAssembly's encoding of numbers. */
function leb(value: number): number[] {
  const rest = value >>> 7;
  return rest > 0 ? [(value & 0x7f) | 0x80, ...leb(rest)] : [value];
}

const section = (id: number, content: readonly number[]): number[] => [
  id,
  ...leb(content.length),
  ...content,
];
const simd = (operation: number): number[] => [0xfd, ...leb(operation)];
const get = (local: number): number[] => [0x20, ...leb(local)];
const set = (local: number): number[] => [0x21, ...leb(local)];
const f32 = (value: number): number[] => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)];

const splat = simd(0x13);
const add = simd(0xe4);
const multiply = simd(0xe6);
const relaxedMultiplyAdd = simd(0x105);

/** Local 0 counts down; then the factor, the summand and the chains, each c = c·factor + summand. */
const [factor, summand, firstChain] = [1, 2, 3];
const chainLocals = Array.from({ length: chains }, (_, i) => firstChain + i);

/** `run(n)`: n rounds of one multiply-add in every chain and lane; returns a lane of their sum, so that none is dropped. */
function module(build: KernelBuild): Uint8Array<ArrayBuffer> {
  const operands = (chain: number): number[] => [...get(chain), ...get(factor)];
  const round = chainLocals.flatMap((chain) =>
    build === 'fma'
      ? [...operands(chain), ...get(summand), ...relaxedMultiplyAdd, ...set(chain)]
      : [...operands(chain), ...multiply, ...get(summand), ...add, ...set(chain)],
  );
  const body = [
    ...[0x01, ...leb(chains + 2), 0x7b],
    ...[...f32(0.999), ...splat, ...set(factor)],
    ...[...f32(0.5), ...splat, ...set(summand)],
    // loop: a round; local 0 − 1, kept; again unless 0. end
    ...[0x03, 0x40, ...round, ...get(0), 0x41, 0x01, 0x6b, 0x22, 0x00, 0x0d, 0x00, 0x0b],
    ...[...get(firstChain), ...chainLocals.slice(1).flatMap((chain) => [...get(chain), ...add])],
    // f32x4.extract_lane 0, end
    ...[...simd(0x1f), 0x00, 0x0b],
  ];
  return Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [0x01, 0x60, 0x01, 0x7f, 0x01, 0x7d]),
    ...section(3, [0x01, 0x00]),
    ...section(7, [0x01, 0x03, ...new TextEncoder().encode('run'), 0x00, 0x00]),
    ...section(10, [0x01, ...leb(body.length), ...body]),
  );
}

/** GFLOP/s of one core by CPU time, a multiply-add counted as two: the best of several short runs. */
export function peakGigaflops(build: KernelBuild): number {
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(module(build))).exports as {
    run: (rounds: number) => number;
  };
  const rounds = 2_000_000;
  let best = 0;
  for (let i = 0; i < 20; i++) {
    const before = process.cpuUsage();
    if (!Number.isFinite(run(rounds))) throw new Error('The multiply-adds ran away.');
    const { user, system } = process.cpuUsage(before);
    best = Math.max(best, (2 * rounds * chains * lanes) / ((user + system) * 1000));
  }
  return best;
}
