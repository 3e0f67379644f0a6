/** The numbers of the self-test, computed in double precision; stored by make-self-test-numbers.ts. */
import {
  samplePixels,
  selfTestOptimizer,
  selfTestSteps,
  summarize,
  type SelfTestCase,
  type SelfTestNumbers,
  type Summary,
} from '../../../src/engine/backends/self-test-cases.ts';
import { doubles, lossAndGradients, reconstruct, train, type Doubles } from '../webgpu/reference-network.ts';

const summaries = (values: Doubles): Record<string, Summary> =>
  Object.fromEntries([...values].map(([name, part]) => [name, summarize(part)]));

export function referenceNumbers({ network, parameters, batch }: SelfTestCase): SelfTestNumbers {
  const weights = doubles(parameters);
  const { images, latents } = reconstruct(network, weights, batch.input, batch.count);
  const { loss, gradients } = lossAndGradients(network, weights, batch);
  const trained = train(network, weights, batch, selfTestOptimizer, selfTestSteps);
  return {
    latents: [...latents],
    pixels: samplePixels(images),
    images: summarize(images),
    loss,
    gradients: summaries(gradients),
    losses: trained.losses,
    weights: summaries(trained.weights),
  };
}
