/** Three plain sentences for each error code of the library: what happened, what it means for you, what to do. */
import type { ErrorCode } from 'rockpool';

export interface ErrorWords {
  what: string;
  means: string;
  todo: string;
}

/** For what a second try may mend. */
export const again = 'Try again; if it stays, reload the page.';

export const errorTexts: Readonly<Record<ErrorCode, ErrorWords>> = {
  'invalid-input': {
    what: 'The model could not take this text.',
    means: 'It contains something that cannot be turned into tokens.',
    todo: 'Change the text and try again.',
  },
  'invalid-option': {
    what: 'This page asked for a setting that does not exist.',
    means: 'That is a fault of the page, not of your text.',
    todo: 'Choose another device, or reload the page.',
  },
  'input-too-long': {
    what: 'The text is longer than the model reads at once.',
    means: 'It would see only the beginning.',
    todo: 'Shorten the text.',
  },
  'too-many-tokens': {
    what: 'The texts are more than this page computes at once.',
    means: 'Nothing was computed.',
    todo: 'Shorten them, or give fewer.',
  },
  'unsupported-model': {
    what: 'The model asks for something that rockpool cannot compute.',
    means: 'What needs this model cannot work. The rest of the page does.',
    todo: 'Reload the page; the model on the server may have changed.',
  },
  'unsupported-task': {
    what: 'This model was asked for something that it is not made for.',
    means: 'What needs it cannot work. The rest of the page does.',
    todo: again,
  },
  'model-file-missing': {
    what: 'A file of the model is not on the server.',
    means: 'What needs this model cannot start. The rest of the page works.',
    todo: 'Try again later, or tell whoever runs this site which file it is (below).',
  },
  'model-file-invalid': {
    what: 'A file of the model arrived, but is not what it should be.',
    means: 'Nothing was computed with it. The rest of the page works.',
    todo: 'Try again; it is fetched anew.',
  },
  'integrity-mismatch': {
    what: 'A file of the model differs from the one that was expected.',
    means: 'It was thrown away, and nothing was computed with it.',
    todo: 'Try again; if it stays, the copy on the server was changed.',
  },
  'download-failed': {
    what: 'The download broke off.',
    means: 'The network is away, or the server is. What has arrived is kept.',
    todo: 'Check the connection and try again; it continues where it stopped.',
  },
  'webgpu-unavailable': {
    what: 'WebGPU cannot be used here, and it was asked for by name.',
    means: 'The model cannot run on the graphics card here. The CPU gives the same results, only slower.',
    todo: 'Use the CPU instead.',
  },
  'webgpu-wrong-results': {
    what: 'WebGPU gave different numbers than the CPU for a test sentence.',
    means: 'Its results would be wrong, so they are not used. The CPU gives right ones, only slower.',
    todo: 'Use the CPU instead.',
  },
  'device-lost': {
    what: 'The graphics card was taken away several times in a row.',
    means: 'Another program, the driver or sleep may have done it. What is indexed is kept.',
    todo: 'Try again, or use the CPU.',
  },
  'non-finite-output': {
    what: 'The model answered with something that is not a number.',
    means: 'That answer was thrown away; a wrong one is never shown.',
    todo: 'Try again, or use the CPU.',
  },
  'runtime-failed': {
    what: 'The runtime that computes the model failed.',
    means: 'A file of it did not arrive, or the tab is short of memory. What needs no model still works.',
    todo: 'Check the connection, close other tabs, and try again.',
  },
  'worker-crashed': {
    what: 'The background worker that computes the model died.',
    means: 'The tab may be short of memory, or a file of the worker did not arrive. What is indexed is kept.',
    todo: 'Try again; a new worker is started.',
  },
  'worker-timeout': {
    what: 'The background worker did not answer in time.',
    means: 'The device is very busy, or the worker file could not be loaded.',
    todo: again,
  },
  unauthorized: { what: 'The server wants a key.', means: 'It does not know this page.', todo: 'Give the page its key.' },
  overloaded: { what: 'The server has too much to do.', means: 'It took no more requests.', todo: 'Try again in a moment.' },
  'server-error': { what: 'The server failed.', means: 'It gave no answer that can be used.', todo: 'Try again in a moment.' },
  'model-mismatch': {
    what: 'Two models that should be the same are not.',
    means: 'Their vectors cannot be compared, so none was used.',
    todo: 'Reload the page; a model on the server may have changed.',
  },
  'storage-unavailable': {
    what: 'This browser keeps nothing for the page.',
    means: 'The index is gone when the tab is closed.',
    todo: again,
  },
  'storage-full': {
    what: 'There is no more room for the index.',
    means: 'What was in it before is kept.',
    todo: 'Make room in the browser’s storage, then go on.',
  },
  'index-missing': { what: 'The index is not there any more.', means: 'It was deleted, perhaps in another tab.', todo: 'Build it again.' },
  'index-invalid': {
    what: 'The index cannot be read.',
    means: 'It is damaged, or of a newer version of this page.',
    todo: 'Build it again.',
  },
  aborted: { what: 'It was cancelled.', means: 'Nothing is lost.', todo: 'Start it again whenever you like.' },
  disposed: { what: 'The model was put away while it was working.', means: 'What is indexed is kept.', todo: again },
};
