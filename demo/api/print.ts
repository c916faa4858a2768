/** A value in, text as in a program out; of a long list of numbers the first few and how many there are. */
const shownNumbers = 4;
const longList = 12;
const width = 72;

export function print(value: unknown, indent = ''): string {
  if (typeof value === 'string') return indent === '' ? value : JSON.stringify(value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  if (value === null || typeof value !== 'object') return String(value);
  const numbers = ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value;
  const deeper = `${indent}  `;
  if (Array.isArray(numbers)) {
    if (numbers.length > longList && numbers.every((item) => typeof item === 'number'))
      return `[${numbers
        .slice(0, shownNumbers)
        .map((item) => Number(item.toPrecision(3)))
        .join(', ')}, … ${numbers.length} numbers]`;
    return block(
      '[',
      numbers.map((item) => print(item, deeper)),
      ']',
      indent,
    );
  }
  const entries = Object.entries(value).filter(([key, item]) => typeof item !== 'function' && !key.startsWith('_'));
  return block(
    '{',
    entries.map(([key, item]) => `${/^[\w$]+$/.test(key) ? key : JSON.stringify(key)}: ${print(item, deeper)}`),
    '}',
    indent,
  );
}

function block(open: string, items: readonly string[], close: string, indent: string): string {
  const space = open === '{' && items.length > 0 ? ' ' : '';
  const line = `${open}${space}${items.join(', ')}${space}${close}`;
  if (!line.includes('\n') && indent.length + line.length <= width) return line;
  return `${open}\n${items.map((item) => `${indent}  ${item}`).join(',\n')}\n${indent}${close}`;
}
