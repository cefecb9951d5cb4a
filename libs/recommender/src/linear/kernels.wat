;; The two loops that training and serving spend their time in, four or eight numbers at a time. `npm run wasm`
;; makes kernels.wasm.ts of this file; kernels.ts is the one place that calls it.
(module
  (memory (import "linear" "memory") 1)

  ;; C += A·Bᵀ of doubles: A has `rows` rows and B `columns`, each of `length` bytes; C has rows of `stride` bytes.
  ;; rows, columns and length are positive multiples of 4, 2 and 16. Eight sums stay in registers.
  (func (export "product")
    (param $a i32) (param $rows i32) (param $b i32) (param $columns i32) (param $length i32)
    (param $c i32) (param $stride i32)
    (local $a1 i32) (local $a2 i32) (local $a3 i32) (local $y i32) (local $y1 i32) (local $column i32)
    (local $target i32) (local $k i32) (local $u v128) (local $v v128) (local $x v128)
    (local $s00 v128) (local $s01 v128) (local $s10 v128) (local $s11 v128)
    (local $s20 v128) (local $s21 v128) (local $s30 v128) (local $s31 v128)
    (loop $rows
      (local.set $a1 (i32.add (local.get $a) (local.get $length)))
      (local.set $a2 (i32.add (local.get $a1) (local.get $length)))
      (local.set $a3 (i32.add (local.get $a2) (local.get $length)))
      (local.set $y (local.get $b))
      (local.set $target (local.get $c))
      (local.set $column (i32.const 0))
      (loop $columns
        (local.set $y1 (i32.add (local.get $y) (local.get $length)))
        (local.set $s00 (v128.const f64x2 0 0))
        (local.set $s01 (v128.const f64x2 0 0))
        (local.set $s10 (v128.const f64x2 0 0))
        (local.set $s11 (v128.const f64x2 0 0))
        (local.set $s20 (v128.const f64x2 0 0))
        (local.set $s21 (v128.const f64x2 0 0))
        (local.set $s30 (v128.const f64x2 0 0))
        (local.set $s31 (v128.const f64x2 0 0))
        (local.set $k (i32.const 0))
        (loop $inner
          (local.set $u (v128.load (i32.add (local.get $y) (local.get $k))))
          (local.set $v (v128.load (i32.add (local.get $y1) (local.get $k))))
          (local.set $x (v128.load (i32.add (local.get $a) (local.get $k))))
          (local.set $s00 (f64x2.add (local.get $s00) (f64x2.mul (local.get $x) (local.get $u))))
          (local.set $s01 (f64x2.add (local.get $s01) (f64x2.mul (local.get $x) (local.get $v))))
          (local.set $x (v128.load (i32.add (local.get $a1) (local.get $k))))
          (local.set $s10 (f64x2.add (local.get $s10) (f64x2.mul (local.get $x) (local.get $u))))
          (local.set $s11 (f64x2.add (local.get $s11) (f64x2.mul (local.get $x) (local.get $v))))
          (local.set $x (v128.load (i32.add (local.get $a2) (local.get $k))))
          (local.set $s20 (f64x2.add (local.get $s20) (f64x2.mul (local.get $x) (local.get $u))))
          (local.set $s21 (f64x2.add (local.get $s21) (f64x2.mul (local.get $x) (local.get $v))))
          (local.set $x (v128.load (i32.add (local.get $a3) (local.get $k))))
          (local.set $s30 (f64x2.add (local.get $s30) (f64x2.mul (local.get $x) (local.get $u))))
          (local.set $s31 (f64x2.add (local.get $s31) (f64x2.mul (local.get $x) (local.get $v))))
          (br_if $inner (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 16))) (local.get $length))))
        (call $add (local.get $target) (local.get $s00) (local.get $s01))
        (call $add (i32.add (local.get $target) (local.get $stride)) (local.get $s10) (local.get $s11))
        (call $add (i32.add (local.get $target) (i32.mul (local.get $stride) (i32.const 2)))
          (local.get $s20) (local.get $s21))
        (call $add (i32.add (local.get $target) (i32.mul (local.get $stride) (i32.const 3)))
          (local.get $s30) (local.get $s31))
        (local.set $target (i32.add (local.get $target) (i32.const 16)))
        (local.set $y (i32.add (local.get $y1) (local.get $length)))
        (br_if $columns (i32.lt_u
          (local.tee $column (i32.add (local.get $column) (i32.const 2))) (local.get $columns))))
      (local.set $a (i32.add (local.get $a3) (local.get $length)))
      (local.set $c (i32.add (local.get $c) (i32.mul (local.get $stride) (i32.const 4))))
      (br_if $rows (i32.gt_s (local.tee $rows (i32.sub (local.get $rows) (i32.const 4))) (i32.const 0)))))

  ;; Two neighbouring cells += the sums of the lanes of each.
  (func $add (param $at i32) (param $left v128) (param $right v128)
    (v128.store (local.get $at) (f64x2.add (v128.load (local.get $at)) (f64x2.add
      (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $left) (local.get $right))
      (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $left) (local.get $right))))))

  ;; One single for each of `count` rows of singles: the sum of its products with `vector`. Rows have `length` bytes,
  ;; a positive multiple of 32; count is positive.
  (func (export "products")
    (param $vector i32) (param $rows i32) (param $count i32) (param $length i32) (param $into i32)
    (local $end i32) (local $k i32) (local $s v128) (local $t v128)
    (local.set $end (i32.add (local.get $into) (i32.shl (local.get $count) (i32.const 2))))
    (loop $each
      (local.set $s (v128.const f32x4 0 0 0 0))
      (local.set $t (v128.const f32x4 0 0 0 0))
      (local.set $k (i32.const 0))
      (loop $inner
        (local.set $s (f32x4.add (local.get $s) (f32x4.mul
          (v128.load (i32.add (local.get $vector) (local.get $k)))
          (v128.load (i32.add (local.get $rows) (local.get $k))))))
        (local.set $t (f32x4.add (local.get $t) (f32x4.mul
          (v128.load offset=16 (i32.add (local.get $vector) (local.get $k)))
          (v128.load offset=16 (i32.add (local.get $rows) (local.get $k))))))
        (br_if $inner (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 32))) (local.get $length))))
      (local.set $s (f32x4.add (local.get $s) (local.get $t)))
      (f32.store (local.get $into) (f32.add
        (f32.add (f32x4.extract_lane 0 (local.get $s)) (f32x4.extract_lane 1 (local.get $s)))
        (f32.add (f32x4.extract_lane 2 (local.get $s)) (f32x4.extract_lane 3 (local.get $s)))))
      (local.set $rows (i32.add (local.get $rows) (local.get $length)))
      (br_if $each (i32.lt_u
        (local.tee $into (i32.add (local.get $into) (i32.const 4))) (local.get $end))))))
