/** A PDF in, the text of its pages out, by pdf.js. This file comes when the first PDF does. */
import { getDocument, PasswordException, PDFWorker, VerbosityLevel } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { linesAsText } from './pdf-lines.ts';
import type { PdfItem } from './pdf-lines.ts';
import type { OnPage } from './file-text.ts';
import { most, Refused } from './refusal.ts';

export async function pdfText(bytes: ArrayBuffer, onPage: OnPage): Promise<{ text: string; pages: number[] }> {
  const port = new Worker(new URL('./pdf-worker.ts', import.meta.url), { type: 'module' });
  const worker = PDFWorker.create({ port });
  const task = getDocument({
    data: bytes,
    worker,
    // For texts in Chinese, Japanese and Korean that name their encoding and do not bring it.
    cMapUrl: new URL('cmaps/', document.baseURI).href,
    disableFontFace: true,
    verbosity: VerbosityLevel.ERRORS,
  });
  try {
    const pdf = await task.promise;
    const pages: number[] = [];
    let text = '';
    for (let number = 1; number <= pdf.numPages && text.length <= most.characters; number++) {
      onPage(number, pdf.numPages);
      const page = await pdf.getPage(number);
      const { items } = await page.getTextContent();
      page.cleanup();
      pages.push(text.length);
      const lines = linesAsText(items as PdfItem[]);
      if (lines !== '') text += `${lines}\n\n`;
    }
    return { text, pages };
  } catch (error) {
    if (error instanceof PasswordException) throw new Refused('is locked with a password. Save a copy without one.');
    throw new Refused('is damaged, or no PDF.');
  } finally {
    await task.destroy();
    port.terminate();
  }
}
