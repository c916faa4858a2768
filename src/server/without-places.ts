/**
 * A text from behind this server -> the same without addresses and paths of files. What a server that is asked by this one says of a
 * request is wanted, and where it runs is nobody's business: its texts come from outside, and any of them may say it.
 */

/** Longer ones are a client's own words. Each pattern below is tried at each letter. */
const MOST_CHARS = 4_000;

const URL_LIKE = /[a-z][a-z\d+.-]{0,20}:\/\/[^\s"'`<>]*[^\s"'`<>.,;:!?)\]}]/gi;

/** In quotes a path may have spaces. */
const QUOTED_PATH = /(["'`])(?:(?:~|\.{1,2})?\/|[a-z]:[\\/]|\\\\)[^"'`\n]*\1/gi;

/** At the start of a word. "and/or", "org/model" and "</s>" have their slash elsewhere. */
const PATH =
  /(^|[^\p{L}\p{N}_.~<>/\\\])-])((?:~|\.{1,2})?\/[^\s"'`,;:()[\]{}<>|]+|[a-z]:[\\/][^\s"'`,;()[\]{}<>|]*|\\\\[^\s"'`,;()[\]{}<>|]+)/giu;

/** Routes are known to all: "/embed", "/v1/embeddings". */
const ROUTE = /^\/(?:v\d\/)?[a-z_-]+$/;

/** A host with a port, or four numbers. */
const HOST =
  /\b(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){0,8}\.[a-z][a-z\d-]{0,62}):\d{2,5}\b|\[[\da-f]{0,4}:[\da-f:.]{0,40}\]:\d{2,5}\b|\b\d{1,3}(?:\.\d{1,3}){3}\b/gi;

export function withoutPlaces(text: string): string {
  return (text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text)
    .replace(URL_LIKE, '[address]')
    .replace(QUOTED_PATH, (all, quote: string) => (ROUTE.test(all.slice(1, -1)) ? all : `${quote}[path]${quote}`))
    .replace(PATH, (all, before: string, path: string) => {
      const place = path.replace(/[.!?]+$/, '');
      return ROUTE.test(place) ? all : `${before}[path]${path.slice(place.length)}`;
    })
    .replace(HOST, '[address]');
}
