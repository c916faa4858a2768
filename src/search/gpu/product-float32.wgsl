// float32: four values in a block. Four sums side by side, which rounds less than one.
alias Sum = vec4<f32>;

fn product(a: vec4<u32>, b: vec4<u32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(a) * bitcast<vec4<f32>>(b);
}

fn score(sum: vec4<f32>, row: u32) -> f32 {
  return (sum.x + sum.y) + (sum.z + sum.w);
}
