/** One encoding -> windows the model can take: itself, or every `size` ids, without overlap and without new special tokens, as vLLM does. */
import type { Encoding, Window } from '../shapes.ts';

export function chunk(encoding: Encoding, size: number): Window[] {
  const windows: Window[] = [];
  for (let start = 0; start < encoding.ids.length; start += size) {
    const typeIds = encoding.typeIds?.subarray(start, start + size);
    windows.push({ ids: encoding.ids.subarray(start, start + size), ...(typeIds && { typeIds }) });
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
