/** pdf.js's worker, as a file of the page's own build. */
import 'pdfjs-dist/legacy/build/pdf.worker.mjs';
