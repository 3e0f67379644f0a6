/** A compute shader with its buffers, ready to be dispatched. */

/** Of a buffer that shaders use and the host may fill and read. A function: Node has the flags only once a GPU is there. */
export const storageUsage = (): number =>
  GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

export interface BoundShader {
  readonly pipeline: GPUComputePipeline;
  readonly bindings: GPUBindGroup;
}

/**
 * Compiles the entry point `main` of a shader whose only group binds `buffers` in their order. What is wrong with it
 * shows in the error scopes around the call, or on the device.
 */
export function bindShader(
  device: GPUDevice,
  label: string,
  code: string,
  buffers: readonly GPUBuffer[],
): BoundShader {
  const module = device.createShaderModule({ label, code });
  const pipeline = device.createComputePipeline({
    label,
    layout: 'auto',
    compute: { module, entryPoint: 'main' },
  });
  const bindings = device.createBindGroup({
    label,
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  return { pipeline, bindings };
}
