/**
 * Types of the DOM that public declarations name. A project without them, for Node say, must be able to check our declarations: there each is
 * `never`, since nothing of the kind can be given.
 */
type Of<Name extends string> = typeof globalThis extends Record<Name, { prototype: infer T }> ? T : never;

export type WebWorker = Of<'Worker'>;
export type DirectoryHandle = Of<'FileSystemDirectoryHandle'>;
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer T } } } ? T : never;
