import { describe, expect, test } from 'vitest';
import { bert, resolve, sentence, type Given } from './spec-for-tests.ts';
import type { OnnxOutline } from '../onnx/onnx-outline.ts';
import type { GraphOutput } from '../shapes.ts';
import { graphOf } from './graph.ts';
import { labelled, logits, pooled, states, yesOrNo } from '../tasks/tasks-for-tests.ts';

const outline = (more: Partial<OnnxOutline> = {}) => ({ quantizesActivations: false, inputs: [], ...more }) as unknown as OnnxOutline;
const graph = (given: Given, all: readonly GraphOutput[], more: Partial<OnnxOutline> = {}) => graphOf(resolve(given), all, outline(more));
const classifier = labelled('BertForSequenceClassification', 3);

describe('the width of an output that the graph does not tell', () => {
  const width = (given: Given, output: GraphOutput) => graph(given, [{ ...output, width: 0 }]).probed.width;
  test.each<[string, Given, GraphOutput, number]>([
    ['states: hidden_size', sentence(), states, 384],
    ['an embedding: what the head makes', sentence(), pooled, 384],
    ['logits of classes: the labels', classifier, logits(0), 3],
    ['of steps: the labels', labelled('Qwen2ForProcessRewardModel', 2), logits(0, 'token'), 2],
    ['of words: the vocabulary', { config: { ...bert, architectures: ['Qwen3ForCausalLM'] } }, logits(0, 'token'), 30522],
    ['of a word for yes and one for no: the vocabulary too', yesOrNo(), logits(0, 'token'), 30522],
    [
      'of such words by the class that vLLM gives the model',
      yesOrNo({ architectures: ['Qwen3ForSequenceClassification'] }),
      logits(0, 'token'),
      30522,
    ],
    [
      'of words that rate steps: the vocabulary too',
      { config: { ...bert, architectures: ['LlamaForCausalLM'] }, override: { pooling_type: 'STEP' } },
      logits(0, 'token'),
      30522,
    ],
  ])('is, of %s', (_, given, output, expected) => expect(width(given, output)).toBe(expected));

  test('what the graph tells is kept', () => {
    expect(graph(sentence(), [{ ...states, width: 128 }]).outputs.states?.width).toBe(128);
  });
});

test('BERT’s pooler_output is no embedding beside its states', () => {
  const { outputs, probed } = graph(sentence(), [states, { ...pooled, name: 'pooler_output' }]);
  expect(outputs).toEqual({ states, pooled: null, logits: null });
  expect(probed).toEqual(states);
});

test('the device is told the widest rows of tokens, not those of texts', () => {
  expect(graph(sentence(), [states, pooled]).shape).toEqual({ hidden: 384, widest: 384, alone: false });
  expect(graph(yesOrNo(), [logits(30522, 'token')]).shape.widest).toBe(30522);
  expect(graph(classifier, [logits(3)]).shape.widest).toBe(1);
});

describe('a text has a batch for itself', () => {
  const alone = (...given: Parameters<typeof graph>) => graph(...given).shape.alone;

  test('where rows set each other’s scale, and where the graph takes one text', () => {
    expect(alone(sentence(), [states])).toBe(false);
    expect(alone(sentence(), [states], { quantizesActivations: true })).toBe(true);
    const inputs = [{ name: 'input_ids', type: 'int64' as const, dims: [1, 'sequence'] }];
    expect(alone(sentence(), [states], { inputs })).toBe(true);
  });

  test('where a classifier finds its last token by a padding id that it does not have', () => {
    const { pad_token_id: _, ...unpadded } = bert;
    const gpt = { ...unpadded, architectures: ['GPT2ForSequenceClassification'], num_labels: 3 };
    expect(alone({ config: gpt }, [logits(3)])).toBe(true);
    expect(alone({ config: { ...gpt, pad_token_id: 1 } }, [logits(3)])).toBe(false);
    // A row for each token is found by us.
    expect(alone({ config: { ...gpt, architectures: ['Qwen2ForRewardModel'] } }, [logits(1, 'token')])).toBe(false);
  });
});

test('a graph without anything to pool is refused, with what it has', () => {
  const message = (...all: GraphOutput[]) => {
    try {
      return String(graph(sentence(), all).probed);
    } catch (error) {
      return (error as Error).message;
    }
  };
  const start =
    'The ONNX model has no output that can be pooled: token states [batch, tokens, hidden], a pooled vector [batch, hidden] or logits. It has: ';
  expect(message()).toBe(`${start}none. Use an export with last_hidden_state.`);
  const nameless = ['a', 'b'].map((name): GraphOutput => ({ name, rows: 'token', width: 8 }));
  expect(message(...nameless)).toBe(`${start}a, b. Use an export with last_hidden_state.`);
});
