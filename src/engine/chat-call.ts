/** One call of applyChatTemplate: a conversation to the one prompt that the model's template makes of it. */
import { PoolingError, shown } from '../errors.ts';
import type { ChatTemplate } from '../model/chat-template.ts';
import { renderTemplate } from '../text/render-template.ts';
import type { ChatMessage } from '../types.ts';
import type { ChatRequest } from '../wire/protocol.ts';

export async function chatCall(request: ChatRequest, own: ChatTemplate): Promise<string> {
  const { chatTemplate, addGenerationPrompt, continueFinalMessage, chatTemplateKwargs, tools } = request;
  if (continueFinalMessage && addGenerationPrompt) {
    throw new PoolingError('invalid-input', 'Cannot set both `continue_final_message` and `add_generation_prompt` to True.');
  }
  const messages = readMessages(request.messages);
  const source = chatTemplate ?? own.source;
  if (source === null) {
    throw new PoolingError(
      'invalid-input',
      'As of transformers v4.44, default chat template is no longer allowed, so you must provide a chat template if the tokenizer does not define one.',
    );
  }
  const last = messages.at(-1)!;
  const rendered = await renderTemplate(source, {
    documents: null,
    ...own.variables,
    ...chatTemplateKwargs,
    messages: continueFinalMessage ? [...messages.slice(0, -1), { ...last, content: last.content + MARK }] : messages,
    add_generation_prompt: addGenerationPrompt,
    tools,
  });
  return continueFinalMessage ? upToMark(rendered, last.content) : rendered;
}

/** As transformers does it: what is written after the last message's text, whatever it is, comes after this. */
const MARK = 'CONTINUE_FINAL_MESSAGE_TAG ';

type TextMessage = Omit<ChatMessage, 'content'> & { content: string };

/** Parts become one text, joined as vLLM joins them for templates that know nothing of parts. */
function readMessages(given: readonly ChatMessage[]): TextMessage[] {
  if (!Array.isArray(given) || given.length === 0) throw new PoolingError('invalid-input', 'A chat needs at least one message.');
  return (given as readonly unknown[]).map((message, i) => {
    if (typeof message !== 'object' || message === null || typeof (message as ChatMessage).role !== 'string') {
      throw new PoolingError('invalid-input', `messages[${i}] must be an object with a role, got ${shown(message)}.`);
    }
    return { ...(message as ChatMessage), content: textOf((message as ChatMessage).content, `messages[${i}]`) };
  });
}

function textOf(content: unknown, place: string): string {
  // Of a message that only calls tools. vLLM makes it a text too.
  if (content === undefined || content === null) return '';
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) throw new PoolingError('invalid-input', `The content of ${place} must be a text or a list of parts.`);
  return content
    .map((part: { type?: unknown; text?: unknown } | null) => {
      if (part?.type === 'text' && typeof part.text === 'string') return part.text;
      const what =
        part?.type === 'text' ? 'a text part without a text' : `a part of type ${shown(part?.type)}; this model takes texts alone`;
      throw new PoolingError('invalid-input', `${place} has ${what}.`);
    })
    .join('\n');
}

function upToMark(rendered: string, content: string): string {
  const at = rendered.lastIndexOf(MARK.trim());
  if (at < 0 || !rendered.includes(content.trim())) {
    throw new PoolingError(
      'invalid-input',
      'continue_final_message is set, and the final message does not appear in the chat after applying the template.',
    );
  }
  // A template that trims contents has trimmed the mark, too.
  return rendered.startsWith(MARK, at) ? rendered.slice(0, at) : rendered.slice(0, at).trimEnd();
}
