// A worker of the package for one LLM after another: the query says which. The runtime is compiled once, and there is one GPUDevice, which keeps
// the kernels that it has compiled: SwiftShader takes seconds for those of one model, on every device anew, and that is most of a test's time.
const { requestDevice } = GPUAdapter.prototype;
let device;
GPUAdapter.prototype.requestDevice = function (descriptor) {
  return (device ??= requestDevice.call(this, descriptor));
};
GPUDevice.prototype.destroy = () => {};

// Asked for a kernel that it has, a device gives the same again, as long as somebody holds it.
const held = [];
for (const name of ['createComputePipeline', 'createComputePipelineAsync']) {
  const create = GPUDevice.prototype[name];
  GPUDevice.prototype[name] = function (descriptor) {
    const pipeline = create.call(this, descriptor);
    held.push(pipeline);
    return pipeline;
  };
}

// The last that comlink sends for an LLM would end its service here. The engine's part of a worker's end is to let the model go.
addEventListener('message', (event) => {
  if (event.data?.type !== 'RELEASE') return;
  event.stopImmediatePropagation();
  dispatchEvent(new MessageEvent('message', { data: { id: 'the end of an LLM', type: 'APPLY', path: ['dispose'], argumentList: [] } }));
});

await import(`/dist/${location.search.slice(1)}.js`);
