// int8: sixteen values in a block, multiplied and added as integers, exactly, by the GPU's own instruction.
requires packed_4x8_integer_dot_product;

alias Sum = i32;

// What a row's integers are to be multiplied by.
@group(0) @binding(5) var<storage, read> factors: array<f32>;

fn product(a: vec4<u32>, b: vec4<u32>) -> i32 {
  return dot4I8Packed(a.x, b.x) + dot4I8Packed(a.y, b.y) + dot4I8Packed(a.z, b.z) + dot4I8Packed(a.w, b.w);
}

fn score(sum: i32, row: u32) -> f32 {
  return f32(sum) * factors[row];
}
