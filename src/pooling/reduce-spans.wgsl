// One output value per thread: one column of a run of neighbouring rows, as a weighted sum or as a maximum.
// CLS and LAST are runs of one row, MEAN, MAX and their kin runs of all, ALL and STEP a run of one for every token.

override WORKGROUP_SIZE: u32;

struct Params {
  spans: u32,      // output rows
  hidden: u32,     // columns of a row of states
  dimensions: u32, // columns of an output row
  half: u32,       // 1: states are float16, two to a word; 0: float32
}

struct Span {
  start: u32,   // first row
  count: u32,   // number of rows, at least 1
  maximum: u32, // 1: the maximum, and what follows is not looked at; 0: the weighted sum / divisor
  first: f32,   // weight of the first row
  growth: f32,  // what each weight is more than the one before: 0 or 1
  divisor: f32,
}

// Rows as raw words, [tokens, hidden] row-major. ORT's buffer may be longer than that: the tail is garbage and never read.
@group(0) @binding(0) var<storage, read> states: array<u32>;
@group(0) @binding(1) var<storage, read> spans: array<Span>;
// For each column of the output, the column of the states it is taken from.
@group(0) @binding(2) var<storage, read> columns: array<u32>;
// [spans, dimensions] row-major.
@group(0) @binding(3) var<storage, read_write> pooled: array<f32>;
// One for the whole batch, written by gpu-pooler.ts.
@group(0) @binding(4) var<uniform> params: Params;

fn state_at(row: u32, column: u32) -> f32 {
  let index = row * params.hidden + column;
  if (params.half == 1u) {
    return unpack2x16float(states[index / 2u])[index % 2u];
  }
  return bitcast<f32>(states[index]);
}

// By its bits: shader compilers may take it that no float is NaN.
fn is_nan(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
}

// Begins with the first row, since a column may be negative throughout. One NaN spoils the whole: WGSL's max() may drop it, and then nobody
// would see that the model failed.
fn maximum_of(span: Span, column: u32) -> f32 {
  var best = state_at(span.start, column);
  for (var i = 0u; i < span.count; i++) {
    let value = state_at(span.start + i, column);
    if (is_nan(value)) {
      return value;
    }
    best = max(best, value);
  }
  return best;
}

fn weighted_sum_of(span: Span, column: u32) -> f32 {
  var sum = 0.0;
  for (var i = 0u; i < span.count; i++) {
    sum += (span.first + span.growth * f32(i)) * state_at(span.start + i, column);
  }
  return sum / span.divisor;
}

// Threads of a workgroup take neighbouring columns, so that every load of a row is one run of memory.
@compute @workgroup_size(WORKGROUP_SIZE)
fn reduce_spans(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let out_column = group.x * WORKGROUP_SIZE + thread;
  if (out_column >= params.dimensions) {
    return;
  }
  let column = columns[out_column];
  // More spans than the 65,535 workgroups of one dimension: each workgroup takes every groups.y-th.
  for (var row = group.y; row < params.spans; row += groups.y) {
    let span = spans[row];
    var value: f32;
    if (span.maximum == 1u) {
      value = maximum_of(span, column);
    } else {
      value = weighted_sum_of(span, column);
    }
    pooled[row * params.dimensions + out_column] = value;
  }
}
