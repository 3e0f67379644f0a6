/** Counts what a device is given to do from now on. */
export interface Commands {
  dispatches: number;
  submissions: number;
  pipelines: number;
  buffers: number;
  groups: number;
}

export function countCommands(device: GPUDevice): Commands {
  const count: Commands = { dispatches: 0, submissions: 0, pipelines: 0, buffers: 0, groups: 0 };
  const submit = device.queue.submit.bind(device.queue);
  device.queue.submit = (commands) => {
    count.submissions++;
    submit(commands);
  };
  const makeEncoder = device.createCommandEncoder.bind(device);
  device.createCommandEncoder = (descriptor) => {
    const encoder = makeEncoder(descriptor);
    const begin = encoder.beginComputePass.bind(encoder);
    encoder.beginComputePass = (options) => {
      const pass = begin(options);
      const dispatch = pass.dispatchWorkgroups.bind(pass);
      pass.dispatchWorkgroups = (...groups) => {
        count.dispatches++;
        dispatch(...groups);
      };
      return pass;
    };
    return encoder;
  };
  const makePipeline = device.createComputePipeline.bind(device);
  device.createComputePipeline = (descriptor) => {
    count.pipelines++;
    return makePipeline(descriptor);
  };
  const makeBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    count.buffers++;
    return makeBuffer(descriptor);
  };
  const makeGroup = device.createBindGroup.bind(device);
  device.createBindGroup = (descriptor) => {
    count.groups++;
    return makeGroup(descriptor);
  };
  return count;
}
