// The package's own worker, with its WebGPU tampered with before it starts. The query says how:
//   hardware          software adapters claim to be hardware, so that device "auto" takes them
//   mortal            after a post to the channel "curse" every new GPUDevice is destroyed at once, until a post to "lift"
//   destroyable       posting to the channel "destroy" destroys the newest GPUDevice
const how = new URLSearchParams(location.search);

if (how.has('hardware')) {
  Object.defineProperty(GPUAdapter.prototype, 'info', {
    get: () => ({ vendor: 'test', architecture: 'pretender', description: '', isFallbackAdapter: false }),
  });
}

if (how.has('destroyable')) {
  const requestDevice = GPUAdapter.prototype.requestDevice;
  let newest;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    newest = await requestDevice.call(this, descriptor);
    return newest;
  };
  new BroadcastChannel('destroy').onmessage = () => newest?.destroy();
}

if (how.has('mortal')) {
  const requestDevice = GPUAdapter.prototype.requestDevice;
  let cursed = false;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor);
    if (cursed) device.destroy();
    return device;
  };
  new BroadcastChannel('curse').onmessage = () => (cursed = true);
  new BroadcastChannel('lift').onmessage = () => (cursed = false);
}

await import('/dist/worker.js');
