/** A class as the compiler declares it -> its first line, and each of its members with its comment. */

/** `name`: as one calls it; `label`: as a heading has it. Overloads are one member. */
export function membersOf(code) {
  const [first, ...lines] = code.split('\n');
  const [, className] = /^(?:abstract )?class (\w+)/.exec(first);
  const members = [];
  let [comment, own] = [[], []];
  for (const line of lines.slice(0, -1)) {
    if (own.length === 0 && /^ {4}\/\*\*/.test(line)) comment = [];
    if (own.length === 0 && /^ {4}(?:\/\*\*| \*)/.test(line)) {
      comment.push(line);
      continue;
    }
    own.push(line.slice(4));
    const text = own.join('\n');
    if (!line.endsWith(';') || opened(text) > 0) continue;
    const before = members.at(-1);
    const { name, label } = named(text, className);
    if (before?.label === label) {
      before.code += `\n${text}`;
      before.comment = [before.comment, comment.join('\n')].filter(Boolean).join('\n\n');
    } else members.push({ name, label, code: text, comment: comment.join('\n') });
    [comment, own] = [[], []];
  }
  if (own.length > 0) throw new Error(`A member of ${className} has no end: ${own.join('\n')}`);
  // What has no name to be called by stands last.
  const symbols = members.filter(({ label }) => label.startsWith('['));
  return { head: first.replace(/ \{$/, ''), members: [...members.filter((one) => !symbols.includes(one)), ...symbols] };
}

/** Brackets that are still open. An arrow's > is none of them. */
const opened = (text) => (text.match(/[({[]/g)?.length ?? 0) - (text.match(/[)}\]]/g)?.length ?? 0);

function named(text, className) {
  const [, modifiers, name] = /^((?:(?:static|readonly|protected|abstract|override|get|set) )*)(\[[\w.]+|\w+)/.exec(text);
  if (name === 'constructor') return { name, label: `new ${className}()` };
  // [Symbol.iterator], or the [index: number] of what is like an array.
  if (name.startsWith('[')) return { name: name.replace(/^\[(?:Symbol\.)?/, ''), label: `${name}]` };
  const isMethod = !/\b[gs]et $/.test(modifiers) && /^[?]?(?:<[^(]*>)?\(/.test(text.slice(modifiers.length + name.length));
  return { name, label: `${modifiers.includes('static') ? `${className}.` : ''}${name}${isMethod ? '()' : ''}` };
}
