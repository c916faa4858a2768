// Bits: how many of a block's 128 differ. The score is the cosine of the signs.
alias Sum = u32;

fn product(a: vec4<u32>, b: vec4<u32>) -> u32 {
  let differ = countOneBits(a ^ b);
  return differ.x + differ.y + differ.z + differ.w;
}

fn score(sum: u32, row: u32) -> f32 {
  return f32(i32(params.size) - 2 * i32(sum)) / f32(params.size);
}
