/** A text that was made from another one, and where each of its UTF-16 units came from. */
export interface Aligned {
  text: string;
  /** For each unit, the range [start, end) of the original: a whole character, even for half of one. */
  starts: readonly number[];
  ends: readonly number[];
}

export class AlignedBuilder implements Aligned {
  text = '';
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  /** Text that came from [start, end), all of it. */
  push(text: string, start: number, end: number): void {
    this.text += text;
    for (let i = 0; i < text.length; i++) {
      this.starts.push(start);
      this.ends.push(end);
    }
  }

  /** Text that came from the unit `at` of another aligned text. */
  pushAs(text: string, from: Aligned, at: number): void {
    this.push(text, from.starts[at]!, from.ends[at]!);
  }

  append(other: Aligned): void {
    this.text += other.text;
    for (let i = 0; i < other.text.length; i++) {
      this.starts.push(other.starts[i]!);
      this.ends.push(other.ends[i]!);
    }
  }
}

/** The original itself. */
export function original(text: string): Aligned {
  const result = new AlignedBuilder();
  let at = 0;
  for (const char of text) {
    result.push(char, at, at + char.length);
    at += char.length;
  }
  return result;
}

export function slice(from: Aligned, start: number, end: number): Aligned {
  return { text: from.text.slice(start, end), starts: from.starts.slice(start, end), ends: from.ends.slice(start, end) };
}

export function joined(parts: readonly Aligned[]): Aligned {
  const result = new AlignedBuilder();
  for (const part of parts) result.append(part);
  return result;
}
