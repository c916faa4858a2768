/** Files that a user may bring to the Search view, where it shows them, and what may be wrong with their index. */
import type { Locator, Page } from '@playwright/test';

export const harbour = `<style>body { width: 340px; font: 14px serif }</style><h1>Harbour rules</h1>
  <p>Every boat that comes into the harbour after dusk has to show a white light at the bow. The master of the harbour gives out berths.</p>
  <h2 style="break-before: page">Waste</h2>
  <p>Oil is handed in at the pump house. Nobody may pour anything into the basin, not even dish water.</p>`;
export const oil = 'Oil is handed in at the pump house. Nobody may pour anything into the basin, not even dish water.';
export const shelf = 'Shelf 7731 holds nails. Whoever takes nails from shelf 7731 writes it into the list that hangs on shelf 7731.';
export const animals = `---
keeper: Kim
---
# Feeding

**Puppies** and grown _hounds_ get meals of [kibble](https://example.org/kibble) in the morning and in the evening, and a bowl of fresh water beside it.

Kittens get wet meals from a tin four times a day, until they are half a year old, and then only twice.

The parrots and the other birds get seeds, nuts and a slice of apple, and what is left is taken out at night.
`;
export const parcel = `<!doctype html><title>Deliveries</title><script>document.title = 'ran'; window.ran = true</script><style>p { color: red }</style>
  <header>Login</header><nav><ul><li>Departments</ul></nav><div role="navigation">Basket</div>
  <main><header><h1>Parcel 7731</h1></header><img src="nowhere.png" onerror="window.ran = true">
  <p>Meals for our <b>four-legged</b> friends come with this one. It is at the door on Friday, and its bill is paid already.</p></main>
  <footer>Imprint</footer>`;

export const asFile = (name: string, buffer: Buffer | string) => ({ name, mimeType: '', buffer: Buffer.from(buffer) });
export const hits = (page: Page, list: 'keyword' | 'meaning' | 'hybrid') => page.getByTestId(`${list}-results`).locator('li:visible');
export const names = (found: Locator) => found.evaluateAll((all) => all.map((li) => li.dataset['name']!));
export const status = (page: Page) => page.getByTestId('files-status').filter({ visible: true });
export const kept = (page: Page) => page.getByTestId('files-kept');
export const input = (page: Page) => page.locator('#own-files');

/** As a browser prints it. */
export async function printed(page: Page, html: string): Promise<Buffer> {
  const printer = await page.context().browser()!.newPage();
  await printer.setContent(html);
  const pdf = await printer.pdf();
  await printer.close();
  return pdf;
}

/** A PDF of no page that wants a password: its key does not fit the empty one. */
export function locked(): string {
  const key = (byte: string) => `<${byte.repeat(32)}>`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [] /Count 0 >>',
    `<< /Filter /Standard /V 1 /R 2 /P -4 /O ${key('41')} /U ${key('42')} >>`,
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const offset = file.length;
    file += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 4\n0000000000 65535 f \n${offsets.join('')}`;
  return `${file}${table}trailer\n<< /Size 4 /Root 1 0 R /Encrypt 3 0 R /ID [<00> <00>] >>\nstartxref\n${file.length}\n%%EOF\n`;
}

/** What is changed in the stored index, and what the page says of it then. */
export const damages = [
  {
    code: 'invalid-option',
    words: 'The index of your files was made by another version of this page.',
    change: { options: { passageTokens: 99 } },
  },
  {
    code: 'model-mismatch',
    words: 'The index of your files was made with another model.',
    change: { model: { name: 'other', dtype: '', pooling: '', canary: [1] } },
  },
  { code: 'index-invalid', words: 'The index of your files cannot be read.', change: { format: 99 } },
];
