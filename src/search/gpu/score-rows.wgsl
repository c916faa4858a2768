// Rows and queries -> one candidate a row and query: how near it is, as a key that orders as its score does, and which row it is.
// What a product and a score are stands in a file for each precision, which is put before this one.

override WORKGROUP_SIZE: u32;

struct Params {
  rows: u32,   // of this segment
  first: u32,  // the table's number for the first of them
  steps: u32,  // blocks of 16 bytes of a row
  total: u32,  // rows of the table: candidates of a query
  size: u32,   // values of a vector
  masked: u32, // 1: `mask` says which rows count; 0: all do
}

// One of the table's segments: a buffer may not be as large as a table. [rows / 8, steps, 8]: neighbouring threads load 128 bytes side by side,
// a line of most caches.
@group(0) @binding(0) var<storage, read> segment: array<vec4<u32>>;
// [queries, steps] row-major.
@group(0) @binding(1) var<storage, read> queries: array<vec4<u32>>;
// A bit for each row of the table, the lowest first.
@group(0) @binding(2) var<storage, read> mask: array<u32>;
// [queries, total]: (key, row).
@group(0) @binding(3) var<storage, read_write> candidates: array<vec2<u32>>;
@group(0) @binding(4) var<uniform> params: Params;

// A larger score has a larger key. By bits, since shader compilers may take it that no float is NaN. 0 stands for no row: of NaN, of a masked row.
fn key_of(score: f32) -> u32 {
  let bits = bitcast<u32>(score);
  if ((bits & 0x7fffffffu) > 0x7f800000u) {
    return 0u;
  }
  // -0 is as large as 0, and WGSL leaves open which of them a sum is.
  if ((bits & 0x7fffffffu) == 0u) {
    return 0x80000000u;
  }
  return select(bits | 0x80000000u, ~bits, (bits >> 31u) == 1u);
}

fn counts(row: u32) -> bool {
  return params.masked == 0u || ((mask[row / 32u] >> (row % 32u)) & 1u) == 1u;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn score_rows(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let query = group.y * params.steps;
  // More rows than workgroups have threads: each workgroup takes every groups.x-th tile.
  for (var row = group.x * WORKGROUP_SIZE + thread; row < params.rows; row += groups.x * WORKGROUP_SIZE) {
    let first = row / 8u * params.steps * 8u + row % 8u;
    var key = 0u;
    if (counts(params.first + row)) {
      var sum = Sum();
      for (var step = 0u; step < params.steps; step++) {
        sum += product(segment[first + step * 8u], queries[query + step]);
      }
      key = key_of(score(sum, row));
    }
    candidates[group.y * params.total + params.first + row] = vec2(key, params.first + row);
  }
}
