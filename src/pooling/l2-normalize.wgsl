// One workgroup per row: row / max(|row|, 1e-12), in place, as torch.nn.functional.normalize does.

// A power of two: the sum is halved until one value is left.
override WORKGROUP_SIZE: u32;

struct Params {
  spans: u32,      // rows
  hidden: u32,     // not used here; the layout is shared with reduce_spans
  dimensions: u32, // columns
  half: u32,       // not used here
}

// [rows, dimensions] row-major.
@group(0) @binding(0) var<storage, read_write> pooled: array<f32>;
// The same buffer as reduce_spans has.
@group(0) @binding(1) var<uniform> params: Params;

var<workgroup> partial: array<f32, WORKGROUP_SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn l2_normalize(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  for (var row = group.x; row < params.spans; row += groups.x) {
    let start = row * params.dimensions;
    var sum = 0.0;
    for (var column = thread; column < params.dimensions; column += WORKGROUP_SIZE) {
      let value = pooled[start + column];
      sum += value * value;
    }
    partial[thread] = sum;
    workgroupBarrier();
    // Tree sum: every step halves the threads that add.
    for (var stride = WORKGROUP_SIZE / 2u; stride > 0u; stride /= 2u) {
      if (thread < stride) {
        partial[thread] += partial[thread + stride];
      }
      workgroupBarrier();
    }
    let norm = max(sqrt(partial[0]), 1e-12);
    // Nobody may begin the next row while a neighbour still reads partial[0].
    workgroupBarrier();
    for (var column = thread; column < params.dimensions; column += WORKGROUP_SIZE) {
      pooled[start + column] /= norm;
    }
  }
}
