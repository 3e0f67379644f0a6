/** The dispatches of one training step, in order, by the names of the buffers that they work on. Pure. */
import type { Layer, Network } from '../../../model/network.ts';
import type { FlatLayout } from './layout.ts';
import {
  adamShader,
  contract,
  divergenceShader,
  expand,
  gradientParts,
  gradientShader,
  lossShader,
  lossSums,
  lossSumShader,
  lossThreads,
  mapSize,
  parameterGradients,
  sampleShader,
  sidesOf,
  type Finish,
  type Shader,
} from './shaders.ts';

export interface Dispatch {
  readonly label: string;
  readonly shader: Shader;
  /** In the order of the shader's bindings, after the uniform of the step. */
  readonly buffers: readonly string[];
}

export interface Plan {
  /** Floats of every buffer but those of the parameters' vector. @see planStep */
  readonly buffers: ReadonlyMap<string, number>;
  /** Forward and backward: leaves the gradients in parts, and the loss's sums. */
  readonly passes: readonly Dispatch[];
  readonly adam: Dispatch;
  /** The gradient as one vector, for those who want to see it. */
  readonly gradient: Dispatch;
}

/** Buffers of the length of the parameters' vector. */
export const vectorBuffers = ['parameters', 'first', 'second', 'gradient'] as const;

/** Where an input that is its own target is read from. */
export const sharedInput = 'input';

/**
 * @param capacity images of the largest batch
 * @param ownTarget whether the target comes apart from the input
 */
export function planStep(network: Network, layout: FlatLayout, capacity: number, ownTarget: boolean): Plan {
  return new Planner(network, layout, capacity, ownTarget).plan();
}

class Planner {
  private readonly buffers = new Map<string, number>();
  private readonly passes: Dispatch[] = [];

  constructor(
    private readonly network: Network,
    private readonly layout: FlatLayout,
    private readonly capacity: number,
    private readonly ownTarget: boolean,
  ) {}

  plan(): Plan {
    const { network, layout } = this;
    const { encoder, decoder, toLatent, toLogVariance, fromLatent, spec } = network;
    const imageSize = spec.height * spec.width * spec.channels;
    this.perImage('input', imageSize);
    if (this.ownTarget) this.perImage('target', imageSize);
    this.buffers.set('parts', gradientParts * layout.summedLength);
    this.buffers.set('whole', layout.length - layout.summedLength);
    this.buffers.set('squares', lossThreads);
    this.buffers.set('sums', lossSums);

    const code = this.forwardChain(encoder, 'input');
    const mean = this.forward(toLatent, code);
    const latent = toLogVariance ? this.sample(mean, this.forward(toLogVariance, code)) : mean;
    const reconstruction = this.forwardChain(decoder, this.forward(fromLatent, latent));
    this.lossOf(reconstruction, imageSize);

    this.backwardChain(decoder, fromLatent.name);
    this.backward(fromLatent, latent, undefined);
    if (toLogVariance) this.diverge(toLatent, toLogVariance, code);
    else this.backward(toLatent, code, undefined);
    this.backwardChain(encoder, undefined);
    this.dispatch('loss', lossSumShader(toLogVariance ? spec.latent : null), [
      'squares',
      ...(toLogVariance ? ['divergences'] : []),
      'sums',
    ]);

    const { length, summedLength } = layout;
    return {
      buffers: this.buffers,
      passes: this.passes,
      adam: {
        label: 'adam',
        shader: adamShader(length, summedLength),
        buffers: ['parts', 'whole', 'parameters', 'first', 'second'],
      },
      gradient: {
        label: 'gradient',
        shader: gradientShader(length, summedLength),
        buffers: ['parts', 'whole', 'gradient'],
      },
    };
  }

  private perImage(name: string, floats: number): string {
    this.buffers.set(name, this.capacity * floats);
    return name;
  }

  private dispatch(label: string, shader: Shader, buffers: readonly string[]): void {
    this.passes.push({ label, shader, buffers });
  }

  private place(name: string): number {
    const place = this.layout.places.get(name);
    if (!place) throw new RangeError(`no parameter ${name}`);
    return place.offset;
  }

  private forwardChain(layers: readonly Layer[], input: string): string {
    return layers.reduce((before, layer) => this.forward(layer, before), input);
  }

  /** @returns the name of the layer's result */
  private forward(layer: Layer, input: string): string {
    const sides = sidesOf(layer);
    const how: Finish = {
      kind: 'activate',
      bias: this.place(`${layer.name}.bias`),
      activation: layer.activation,
    };
    const weights = this.place(`${layer.name}.weight`);
    const shader = sides.contracts ? contract(sides, weights, how) : expand(sides, weights, how);
    const output = this.perImage(layer.name, mapSize(layer.out));
    this.dispatch(`${layer.name} forward`, shader, [input, 'parameters', output]);
    return output;
  }

  private sample(mean: string, logVariance: string): string {
    const { latent } = this.network.spec;
    this.perImage('noise', latent);
    this.perImage('latent', latent);
    this.dispatch('sample', sampleShader(latent), [mean, logVariance, 'noise', 'latent']);
    return 'latent';
  }

  private lossOf(reconstruction: string, imageSize: number): void {
    const throughSigmoid = this.network.decoder.at(-1)?.activation === 'sigmoid';
    const after = this.perImage(gradientOf(reconstruction), imageSize);
    this.dispatch('error', lossShader(imageSize, throughSigmoid), [
      reconstruction,
      this.ownTarget ? 'target' : sharedInput,
      after,
      'squares',
    ]);
  }

  /** @param input name of what the first layer reads; undefined where it is the image, which needs no gradient */
  private backwardChain(layers: readonly Layer[], input: string | undefined): void {
    for (let i = layers.length - 1; i >= 0; i--) {
      const layer = layers[i];
      const before = layers[i - 1];
      if (!layer) continue;
      if (before) this.backward(layer, before.name, before);
      else if (input !== undefined) this.backward(layer, input, undefined);
      else this.parametersOf(layer, 'input', gradientOf(layer.name));
    }
  }

  /** Gradients by a layer's parameters and by its input, the result of `before`. */
  private backward(layer: Layer, input: string, before: Layer | undefined): void {
    const after = gradientOf(layer.name);
    this.parametersOf(layer, input, after);
    this.byInput(layer, after, input, before?.activation === 'relu', false);
  }

  private parametersOf(layer: Layer, input: string, after: string): void {
    const sides = sidesOf(layer);
    const shader = parameterGradients(sides, {
      weights: this.place(`${layer.name}.weight`),
      bias: this.place(`${layer.name}.bias`),
      summedLength: this.layout.summedLength,
    });
    const results = sides.strided ? ['parts'] : ['whole', 'parts'];
    this.dispatch(`${layer.name} parameters`, shader, [input, after, ...results]);
  }

  private byInput(layer: Layer, after: string, input: string, masked: boolean, accumulate: boolean): void {
    const sides = sidesOf(layer);
    const how: Finish = { kind: 'gradient', masked, accumulate };
    const weights = this.place(`${layer.name}.weight`);
    const shader = sides.contracts ? expand(sides, weights, how) : contract(sides, weights, how);
    const result = this.perImage(gradientOf(input), mapSize(layer.in));
    const passed = masked ? [input] : [];
    this.dispatch(`${layer.name} input`, shader, [after, 'parameters', result, ...passed]);
  }

  /** Through the drawn latent to both heads, whose gradients by the code are added. */
  private diverge(toMean: Layer, toLogVariance: Layer, code: string): void {
    const { latent } = this.network.spec;
    this.perImage('divergences', latent);
    const [byMean, byLogVariance] = [gradientOf(toMean.name), gradientOf(toLogVariance.name)];
    this.perImage(byMean, latent);
    this.perImage(byLogVariance, latent);
    this.dispatch('divergence', divergenceShader(latent), [
      toMean.name,
      toLogVariance.name,
      'noise',
      gradientOf('latent'),
      byMean,
      byLogVariance,
      'divergences',
    ]);
    this.parametersOf(toMean, code, byMean);
    this.byInput(toMean, byMean, code, false, false);
    this.parametersOf(toLogVariance, code, byLogVariance);
    this.byInput(toLogVariance, byLogVariance, code, false, true);
  }
}

const gradientOf = (name: string): string => `gradient by ${name}`;
