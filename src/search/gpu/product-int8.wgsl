// int8: sixteen values in a block, multiplied and added as integers, exactly. For a GPU that has no instruction for it.
alias Sum = i32;

// What a row's integers are to be multiplied by.
@group(0) @binding(5) var<storage, read> factors: array<f32>;

fn integers(word: u32) -> vec4<i32> {
  return bitcast<vec4<i32>>(vec4(word) << vec4(24u, 16u, 8u, 0u)) >> vec4(24u);
}

fn product_of_words(a: u32, b: u32) -> i32 {
  let products = integers(a) * integers(b);
  return products.x + products.y + products.z + products.w;
}

fn product(a: vec4<u32>, b: vec4<u32>) -> i32 {
  return product_of_words(a.x, b.x) + product_of_words(a.y, b.y) + product_of_words(a.z, b.z) + product_of_words(a.w, b.w);
}

fn score(sum: i32, row: u32) -> f32 {
  return f32(sum) * factors[row];
}
