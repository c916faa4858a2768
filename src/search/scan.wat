;; Rows of vectors, one behind the other, and a query -> one score a row. Rows are padded with zeros to whole steps, which change no score.
(module
  (memory (export "memory") 1)

  ;; float32: the dot product. `size` in floats, a multiple of 16.
  (func (export "dot_f32") (param $query i32) (param $rows i32) (param $count i32) (param $size i32) (param $scores i32)
    (local $end i32) (local $q i32) (local $q_end i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $end (i32.add (local.get $scores) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $q_end (i32.add (local.get $query) (i32.shl (local.get $size) (i32.const 2))))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $scores) (local.get $end)))
        (local.set $q (local.get $query))
        (local.set $a (v128.const f32x4 0 0 0 0))
        (local.set $b (v128.const f32x4 0 0 0 0))
        (local.set $c (v128.const f32x4 0 0 0 0))
        (local.set $d (v128.const f32x4 0 0 0 0))
        (loop $step
          (local.set $a (f32x4.add (local.get $a) (f32x4.mul (v128.load (local.get $q)) (v128.load (local.get $rows)))))
          (local.set $b (f32x4.add (local.get $b) (f32x4.mul (v128.load offset=16 (local.get $q)) (v128.load offset=16 (local.get $rows)))))
          (local.set $c (f32x4.add (local.get $c) (f32x4.mul (v128.load offset=32 (local.get $q)) (v128.load offset=32 (local.get $rows)))))
          (local.set $d (f32x4.add (local.get $d) (f32x4.mul (v128.load offset=48 (local.get $q)) (v128.load offset=48 (local.get $rows)))))
          (local.set $rows (i32.add (local.get $rows) (i32.const 64)))
          (local.set $q (i32.add (local.get $q) (i32.const 64)))
          (br_if $step (i32.lt_u (local.get $q) (local.get $q_end))))
        (local.set $a (f32x4.add (f32x4.add (local.get $a) (local.get $b)) (f32x4.add (local.get $c) (local.get $d))))
        (f32.store (local.get $scores)
          (f32.add
            (f32.add (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
            (f32.add (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a)))))
        (local.set $scores (i32.add (local.get $scores) (i32.const 4)))
        (br $row))))

  ;; int8: the dot product, exact in 32 bits. `size` in bytes, a multiple of 32.
  (func (export "dot_i8") (param $query i32) (param $rows i32) (param $count i32) (param $size i32) (param $scores i32)
    (local $end i32) (local $q i32) (local $q_end i32) (local $x v128) (local $y v128) (local $a v128) (local $b v128)
    (local.set $end (i32.add (local.get $scores) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $q_end (i32.add (local.get $query) (local.get $size)))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $scores) (local.get $end)))
        (local.set $q (local.get $query))
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $b (v128.const i32x4 0 0 0 0))
        (loop $step
          (local.set $x (v128.load (local.get $q)))
          (local.set $y (v128.load (local.get $rows)))
          ;; Two products of bytes fit 16 bits together: |q| is at most 127.
          (local.set $a (i32x4.add (local.get $a) (i32x4.extadd_pairwise_i16x8_s
            (i16x8.add
              (i16x8.extmul_low_i8x16_s (local.get $x) (local.get $y))
              (i16x8.extmul_high_i8x16_s (local.get $x) (local.get $y))))))
          (local.set $x (v128.load offset=16 (local.get $q)))
          (local.set $y (v128.load offset=16 (local.get $rows)))
          (local.set $b (i32x4.add (local.get $b) (i32x4.extadd_pairwise_i16x8_s
            (i16x8.add
              (i16x8.extmul_low_i8x16_s (local.get $x) (local.get $y))
              (i16x8.extmul_high_i8x16_s (local.get $x) (local.get $y))))))
          (local.set $rows (i32.add (local.get $rows) (i32.const 32)))
          (local.set $q (i32.add (local.get $q) (i32.const 32)))
          (br_if $step (i32.lt_u (local.get $q) (local.get $q_end))))
        (local.set $a (i32x4.add (local.get $a) (local.get $b)))
        (i32.store (local.get $scores)
          (i32.add
            (i32.add (i32x4.extract_lane 0 (local.get $a)) (i32x4.extract_lane 1 (local.get $a)))
            (i32.add (i32x4.extract_lane 2 (local.get $a)) (i32x4.extract_lane 3 (local.get $a)))))
        (local.set $scores (i32.add (local.get $scores) (i32.const 4)))
        (br $row))))

  ;; Bits: how many differ. `size` in bytes, a multiple of 16.
  (func (export "hamming") (param $query i32) (param $rows i32) (param $count i32) (param $size i32) (param $scores i32)
    (local $end i32) (local $q i32) (local $q_end i32) (local $a v128)
    (local.set $end (i32.add (local.get $scores) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $q_end (i32.add (local.get $query) (local.get $size)))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $scores) (local.get $end)))
        (local.set $q (local.get $query))
        (local.set $a (v128.const i32x4 0 0 0 0))
        (loop $step
          (local.set $a (i32x4.add (local.get $a) (i32x4.extadd_pairwise_i16x8_u (i16x8.extadd_pairwise_i8x16_u
            (i8x16.popcnt (v128.xor (v128.load (local.get $q)) (v128.load (local.get $rows))))))))
          (local.set $rows (i32.add (local.get $rows) (i32.const 16)))
          (local.set $q (i32.add (local.get $q) (i32.const 16)))
          (br_if $step (i32.lt_u (local.get $q) (local.get $q_end))))
        (i32.store (local.get $scores)
          (i32.add
            (i32.add (i32x4.extract_lane 0 (local.get $a)) (i32x4.extract_lane 1 (local.get $a)))
            (i32.add (i32x4.extract_lane 2 (local.get $a)) (i32x4.extract_lane 3 (local.get $a)))))
        (local.set $scores (i32.add (local.get $scores) (i32.const 4)))
        (br $row))))
)
