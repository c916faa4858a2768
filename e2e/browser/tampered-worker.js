// The package's own worker, with its WebGPU tampered with before it starts. The query says how:
//   hardware          software adapters claim to be hardware, so that device "auto" takes them
//   destroyable       posting to the channel "destroy" destroys the newest GPUDevice; every device made is announced on "devices"
const how = new URLSearchParams(location.search);

if (how.has('hardware')) {
  Object.defineProperty(GPUAdapter.prototype, 'info', { get: () => ({ vendor: 'test', architecture: 'pretender', description: '', isFallbackAdapter: false }) });
}

if (how.has('destroyable')) {
  const made = new BroadcastChannel('devices');
  const requestDevice = GPUAdapter.prototype.requestDevice;
  let newest;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    newest = await requestDevice.call(this, descriptor);
    made.postMessage('made');
    return newest;
  };
  new BroadcastChannel('destroy').onmessage = () => newest?.destroy();
}

await import('/dist/worker.js');
