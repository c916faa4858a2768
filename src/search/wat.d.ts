/** Compiled by scripts/wat.mjs: base64 of the module. */
declare module '*.wat' {
  const base64: string;
  export default base64;
}
