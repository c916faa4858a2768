/** One encoding -> windows the model can take: itself, or every `size` ids, without overlap and without new special tokens, as vLLM does. */
import type { Encoding, Window } from '../shapes.ts';

export function chunk(encoding: Encoding, size: number): Window[] {
  const windows: Window[] = [];
  for (let start = 0; start < encoding.ids.length; start += size) {
    const ids = encoding.ids.subarray(start, start + size);
    const typeIds = encoding.typeIds?.subarray(start, start + size);
    // A prompt longer than a chunk leaves nothing of its chunks but the tokens after it.
    const skip = Math.min(ids.length, Math.max(0, (encoding.skip ?? 0) - start));
    windows.push({ ids, ...(typeIds && { typeIds }), ...(skip > 0 && { skip }) });
  }
  return windows;
}

/** vLLM's two log lines for a chunked input, word for word. */
export function chunkLogLines(tokens: number, size: number): string[] {
  return [
    `Input length ${tokens} exceeds max_position_embeddings ${size}, will use chunked processing`,
    `Split input of ${tokens} tokens into ${Math.ceil(tokens / size)} chunks (max_chunk_size: ${size})`,
  ];
}
