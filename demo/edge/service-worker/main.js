/** The page: a model that is loaded when asked for, and a plain `fetch` that the service worker sends to it. `?model=` names another folder. */
import { LLM } from 'rockpool';
import { answerRequests } from './answer-requests.js';

const [loadButton, askButton, status, input, answer] = ['load', 'ask', 'status', 'input', 'answer'].map((id) =>
  document.getElementById(id),
);
const model = new URLSearchParams(location.search).get('model') ?? '../../../models/all-MiniLM-L6-v2';

loadButton.addEventListener('click', async () => {
  loadButton.disabled = true;
  try {
    const llm = await LLM.load(model, { onProgress: ({ phase, loaded }) => (status.value = `${phase} ${(loaded / 1e6).toFixed(1)} MB`) });
    await answerRequests(llm.fetch);
    status.value = `${llm.info.model} on ${llm.info.device}`;
  } catch (error) {
    status.value = error.message;
    loadButton.disabled = false;
  }
});

askButton.addEventListener('click', async () => {
  const response = await fetch('/v1/embeddings', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ input: input.value }),
  });
  answer.textContent = `${response.status}\n${await response.text()}`;
});
