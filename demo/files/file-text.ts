/** A file in, its text out, or a refusal in plain words. What a kind of file needs is fetched when the first of that kind comes. */
import { count, megabytes } from '../ui/format.ts';
import { most, Refused } from './refusal.ts';

export const kinds = ['txt', 'md', 'html', 'pdf'] as const;
export type Kind = (typeof kinds)[number];

export interface FileText {
  kind: Kind;
  text: string;
  /** Of a page of HTML, and short. The name of a file is none: each passage would be said to be about it. */
  title: string;
  /** Where in the text each page of a PDF begins. */
  pages: number[] | null;
}

/** Called as the pages of a long file are read. */
export type OnPage = (page: number, pages: number) => void;

/** By the ending, and if that says nothing by what the browser takes the file for. Any other file is read as txt, if its bytes are text. */
const endings: Readonly<Record<string, Kind>> = {
  txt: 'txt',
  text: 'txt',
  md: 'md',
  markdown: 'md',
  html: 'html',
  htm: 'html',
  xhtml: 'html',
  pdf: 'pdf',
};
const types: Readonly<Record<string, Kind>> = { 'text/plain': 'txt', 'text/markdown': 'md', 'text/html': 'html', 'application/pdf': 'pdf' };

/** Text to a program alone: between its commands the words would hardly be found. */
const commands: readonly string[] = ['rtf', 'svg', 'ps', 'eps'];

/** It stands before each passage that the model reads, which has little room. */
const longestTitle = 40;

export async function readFileText(file: File, onPage: OnPage): Promise<FileText> {
  const ending = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? '';
  const named = endings[ending] ?? types[file.type];
  if (file.size === 0) throw new Refused('is empty.');
  if (!named && (commands.includes(ending) || textIn(await bytesOf(file.slice(0, 4096)), true) === null)) throw new Refused(otherKind);
  if (file.size > most.bytes) throw new Refused(`has ${megabytes(file.size)}, and ${megabytes(most.bytes)} is the most. Split it.`);
  const kind = named ?? 'txt';
  const bytes = await bytesOf(file);
  const { text, title = '', pages = null } = await textOf(kind, bytes, onPage);
  if (text.trim() === '') throw new Refused(kind === 'pdf' ? scanned : 'has no text in it.');
  if (text.length > most.characters)
    throw new Refused(`has ${count(text.length)} characters of text, and ${count(most.characters)} is the most. Split it.`);
  return { kind, text, title: title.slice(0, longestTitle), pages };
}

const otherKind = 'is none of the kinds that can be read here: txt, md, html, pdf and other plain text.';
const scanned = 'has no text: its pages are pictures, as a scanner makes them. Run text recognition over it first.';

type Read = Pick<FileText, 'text'> & Partial<FileText>;

async function textOf(kind: Kind, bytes: ArrayBuffer, onPage: OnPage): Promise<Read> {
  if (kind === 'pdf') return (await import('./pdf-text.ts')).pdfText(bytes, onPage);
  const text = decoded(bytes);
  if (kind === 'md') return (await import('./markdown-text.ts')).markdownText(text);
  return kind === 'html' ? (await import('./html-text.ts')).htmlText(text) : { text };
}

function bytesOf(part: Blob): Promise<ArrayBuffer> {
  return part.arrayBuffer().catch(() => {
    throw new Refused('could not be opened. It may have been moved, or be a folder.');
  });
}

function decoded(bytes: ArrayBuffer): string {
  const text = textIn(bytes, false);
  if (text === null) throw new Refused('is not text, or not in UTF-8. If it is text, save it as UTF-8.');
  return text.replaceAll('\r\n', '\n');
}

/** UTF-8, or UTF-16 that says so. Anything else would be read as noise: null. `cut`: a character may be cut off at the end. */
function textIn(bytes: ArrayBuffer, cut: boolean): string | null {
  const [first, second] = new Uint8Array(bytes);
  const utf16 = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  try {
    const text = new TextDecoder(utf16 ?? 'utf-8', { fatal: true }).decode(bytes, { stream: cut });
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}
