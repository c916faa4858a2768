// Candidates -> the best of each segment of 2,048, best first. Once more over what is left, and so on, until one segment is left.
// Bitonic top-k (Shanbhag, Pirk, Madden: Efficient Top-K Query Processing on GPUs, 2018): only runs of k are sorted, and each step merges two
// runs and keeps the better half.

override WORKGROUP_SIZE: u32;

const SEGMENT = 2048u;

struct Params {
  count: u32,  // candidates of a query
  stride: u32, // from a query's candidates to the next one's
  keep: u32,   // of each segment
  run: u32,    // the power of two that is at least `keep`, at most SEGMENT / 2
}

// [queries, stride]: (key, row). Larger keys are better; of equal ones the earlier row.
@group(0) @binding(0) var<storage, read> candidates: array<vec2<u32>>;
// [queries, segments, keep], best first.
@group(0) @binding(1) var<storage, read_write> best: array<vec2<u32>>;
@group(0) @binding(2) var<uniform> params: Params;

// 16 KiB, which every device has.
var<workgroup> keys: array<u32, SEGMENT>;
var<workgroup> rows: array<u32, SEGMENT>;

fn is_better(a: u32, b: u32) -> bool {
  return keys[a] > keys[b] || (keys[a] == keys[b] && rows[a] < rows[b]);
}

// Puts the better one first, or last.
fn order(a: u32, b: u32, better_first: bool) {
  if (is_better(b, a) == better_first) {
    let key = keys[a];
    let row = rows[a];
    keys[a] = keys[b];
    rows[a] = rows[b];
    keys[b] = key;
    rows[b] = row;
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn select_top(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let segments = (params.count + SEGMENT - 1u) / SEGMENT;
  let run = params.run;
  for (var segment = group.x; segment < segments; segment += groups.x) {
    for (var i = thread; i < SEGMENT; i += WORKGROUP_SIZE) {
      let at = segment * SEGMENT + i;
      // Behind the end: no rows, which are worse than all.
      var candidate = vec2(0u, 0xffffffffu);
      if (at < params.count) {
        candidate = candidates[group.y * params.stride + at];
      }
      keys[i] = candidate.x;
      rows[i] = candidate.y;
    }
    workgroupBarrier();

    // Each run sorted, even ones best first, odd ones the other way round.
    for (var sorted = 2u; sorted <= run; sorted *= 2u) {
      for (var stride = sorted / 2u; stride > 0u; stride /= 2u) {
        for (var pair = thread; pair < SEGMENT / 2u; pair += WORKGROUP_SIZE) {
          let a = 2u * pair - (pair & (stride - 1u));
          order(a, a + stride, (a & sorted) == 0u);
        }
        workgroupBarrier();
      }
    }

    // Two runs, one falling, one rising: the better of each two neighbours are the best of both. `span`: from one run that is left to the next.
    for (var span = 2u * run; span <= SEGMENT; span *= 2u) {
      let left = SEGMENT / span * run;
      for (var i = thread; i < left; i += WORKGROUP_SIZE) {
        let a = i / run * span + i % run;
        let b = a + span / 2u;
        if (is_better(b, a)) {
          keys[a] = keys[b];
          rows[a] = rows[b];
        }
      }
      workgroupBarrier();
      // They rise and fall once: log2(run) steps sort them.
      for (var stride = run / 2u; stride > 0u; stride /= 2u) {
        for (var pair = thread; pair < left / 2u; pair += WORKGROUP_SIZE) {
          let at = pair / (run / 2u);
          let i = pair % (run / 2u);
          let a = at * span + 2u * i - (i & (stride - 1u));
          order(a, a + stride, at % 2u == 0u);
        }
        workgroupBarrier();
      }
    }

    for (var i = thread; i < params.keep; i += WORKGROUP_SIZE) {
      best[(group.y * segments + segment) * params.keep + i] = vec2(keys[i], rows[i]);
    }
    // Nobody may load the next segment while a neighbour still writes this one.
    workgroupBarrier();
  }
}
