/** config_sentence_transformers.json -> the prompts of a model. */
import { isObject, invalid, type JsonObject } from '../files/json-file.ts';

interface SentenceModelConfig {
  /** Texts that go before a prompt, by name. */
  prompts: Readonly<Record<string, string>>;
  /** The prompt of requests that name none. Null: none. */
  defaultPromptName: string | null;
}

const place = 'config_sentence_transformers.json';

export function readSentenceModel(file: JsonObject | null): SentenceModelConfig {
  if (file === null) return { prompts: {}, defaultPromptName: null };
  const prompts = readPrompts(file);
  const defaultPromptName = optionalText(file, 'default_prompt_name');
  if (defaultPromptName !== null && !Object.hasOwn(prompts, defaultPromptName)) {
    throw invalid(place, `default_prompt_name is ${JSON.stringify(defaultPromptName)}, and prompts has ${namesOf(prompts)}`);
  }
  return { prompts, defaultPromptName };
}

/** PyLate keeps its markers, `[Q] ` and `[D] `, under keys of their own; they go before the prompt, as Sentence-Transformers 6 has it. */
function readPrompts(file: JsonObject): Record<string, string> {
  const named = file['prompts'] ?? {};
  if (!isObject(named) || !Object.values(named).every((prompt) => prompt === null || typeof prompt === 'string')) {
    throw invalid(place, `prompts is ${JSON.stringify(named)}, not an object of texts`);
  }
  const prompts = Object.fromEntries(Object.entries(named).map(([name, prompt]) => [name, (prompt ?? '') as string]));
  for (const name of ['query', 'document']) {
    const prefix = optionalText(file, `${name}_prefix`);
    const prompt = prompts[name] ?? '';
    if (prefix !== null) prompts[name] = prompt.startsWith(prefix) ? prompt : prefix + prompt;
  }
  return prompts;
}

function optionalText(file: JsonObject, key: string): string | null {
  const value = file[key] ?? null;
  if (value !== null && typeof value !== 'string') throw invalid(place, `${key} is ${JSON.stringify(value)}, not a text`);
  return value;
}

function namesOf(prompts: Record<string, string>): string {
  return Object.keys(prompts).join(', ') || 'none';
}
