// One output value per thread: the mean of one column over a run of neighbouring token rows.
// CLS and LAST are runs of one row, MEAN is a run of all, ALL is a run of one for every token.

override WORKGROUP_SIZE: u32 = 64;

struct Params {
  spans: u32,      // output rows
  hidden: u32,     // columns of a token row
  dimensions: u32, // columns kept: the Matryoshka cut
  half: u32,       // 1: hidden states are float16, two to a word; 0: float32
}

// Token rows as raw words, [tokens, hidden] row-major. ORT's buffer may be longer than that: the tail is garbage and never read.
@group(0) @binding(0) var<storage, read> states: array<u32>;
// (first row, number of rows) of each span.
@group(0) @binding(1) var<storage, read> spans: array<vec2<u32>>;
// [spans, dimensions] row-major.
@group(0) @binding(2) var<storage, read_write> pooled: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

fn state_at(index: u32) -> f32 {
  if (params.half == 1u) {
    return unpack2x16float(states[index / 2u])[index % 2u];
  }
  return bitcast<f32>(states[index]);
}

// Threads of a workgroup take neighbouring columns, so that every load of a token row is one run of memory.
@compute @workgroup_size(WORKGROUP_SIZE)
fn mean_of_spans(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let column = group.x * WORKGROUP_SIZE + thread;
  if (column >= params.dimensions) {
    return;
  }
  // More spans than the 65,535 workgroups of one dimension: each workgroup takes every groups.y-th.
  for (var row = group.y; row < params.spans; row += groups.y) {
    let first = spans[row].x;
    let count = spans[row].y;
    var sum = 0.0;
    for (var i = 0u; i < count; i++) {
      sum += state_at((first + i) * params.hidden + column);
    }
    pooled[row * params.dimensions + column] = sum / f32(count);
  }
}
