/** A server in messages: what it is, in those about a request, which a client of a gateway reads; and where, in those for whoever runs it. */

export interface Place {
  /** "vLLM 0.33.1". */
  title: string;
  /** Its address. No message has it whose code is the caller's: `invalid-input`, `unsupported-task` and their like go out to clients as they are. */
  where: string;
}

/** For errors with a server's code, and for the log. */
export function placed({ title, where }: Place): string {
  return `${title} at ${where}`;
}
