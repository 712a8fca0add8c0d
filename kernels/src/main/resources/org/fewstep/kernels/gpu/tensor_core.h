/*
 * Words for tensor cores, CUDA alone: rounding to their operands' types, and one function for each PTX instruction of a
 * warp (PTX ISA 9.0, sections "Warp Level Matrix Multiply-Accumulate Instructions" and "cp.async"); capability 8.0 and up.
 * In the simulator the same functions are emulated from the PTX ISA's fragment layouts.
 *
 * With g = lane / 4 and t = lane % 4, a warp holds
 *   A (16, 16) of BF16 as 4 words of two columns: rows g and g + 8 of columns 2t, 2t + 1, then of columns 2t + 8, 2t + 9;
 *   B (16, 8) of BF16 as 2 words of two rows: rows 2t, 2t + 1 of column g, then rows 2t + 8, 2t + 9;
 *   A (16, 8) of TF32 as 4 words: rows g and g + 8 of column t, then of column t + 4;
 *   B (8, 8) of TF32 as 2 words: rows t and t + 4 of column g;
 *   C (16, 8) of F32 as 4 numbers: columns 2t and 2t + 1 of row g, then of row g + 8.
 *
 * Error of a product of k terms, S = sum of |a b|: rounding moves each BF16 operand by at most 2^-8 of itself, a TF32
 * operand by 2^-11. PTX promises no order for the sum of one instruction; tensor cores were found to align its terms to
 * the greatest, to cut them after 24 or 25 bits and to round the sum towards zero (Li et al. 2025, arXiv:2511.10909), which
 * is less than 2^-20 S for each instruction. So
 *   BF16: |error| <= (2^-7 + 2^-16 + (k / 16 + 1) 2^-20) S, TF32: |error| <= (2^-10 + 2^-22 + (k / 8 + 1) 2^-20) S.
 */

typedef unsigned short UINT16;
typedef unsigned long long UINT64;

/* Loops over registers, and loops that must not grow. */
#define UNROLLED _Pragma("unroll")
#define ROLLED _Pragma("unroll 1")

#define WARP 32
#define LANE (LOCAL_ID(0) % WARP)

/* F32 to the nearest BF16, ties to even, on bits; any NaN becomes the one quiet NaN. */
DEVICE UINT32 bf16_of(float x) {
    UINT32 bits = (UINT32) BITS_OF_FLOAT(x);
    if ((bits & 0x7fffffffu) > 0x7f800000u) {
        return 0x7fffu;
    }
    return (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
}

/* F32 to the nearest TF32, ties away from zero, on bits; any NaN becomes the one quiet NaN. */
DEVICE UINT32 tf32_of(float x) {
    UINT32 bits = (UINT32) BITS_OF_FLOAT(x);
    if ((bits & 0x7fffffffu) > 0x7f800000u) {
        return 0x7fffffffu;
    }
    return (bits + 0x1000u) & 0xffffe000u;
}

#if BACKEND_SIMULATED
#include <tensor_core_emulated.h>
#else

DEVICE UINT32 shared_address(const void *p) {
    return (UINT32) __cvta_generic_to_shared(p);
}

#if __CUDA_ARCH__ >= 800

/* bf16_of of two numbers, the first in the low half. */
DEVICE UINT32 two_bf16(float low, float high) {
    UINT32 both;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(high), "f"(low));
    return both;
}

DEVICE UINT32 to_tf32(float x) {
    UINT32 bits;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
    return bits;
}

/* Four (8, 8) matrices of 16 bits: lane l names row l % 8 of matrix l / 8 and gets columns 2t, 2t + 1 of row g of each. */
DEVICE void load_matrices(UINT32 to[4], const void *row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(shared_address(row))
                 : "memory");
}

/* As above, turned: rows 2t, 2t + 1 of column g. */
DEVICE void load_matrices_turned(UINT32 to[4], const void *row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(shared_address(row))
                 : "memory");
}

/* C += A B in BF16: (16, 16) by (16, 8). */
DEVICE void multiply_bf16(float c[4], const UINT32 a[4], UINT32 b0, UINT32 b1) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
                 "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

/* C += A B in TF32: (16, 8) by (8, 8). */
DEVICE void multiply_tf32(float c[4], const UINT32 a[4], UINT32 b0, UINT32 b1) {
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
                 "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

/* Begins a copy of 16 bytes to shared memory past the L1 cache, or zeros where it is not wanted. */
DEVICE void copy_16(void *to, const void *from, int wanted) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
                 :
                 : "r"(shared_address(to)), "l"(from), "r"(wanted ? 16 : 0)
                 : "memory");
}

/* The same for 4 bytes. */
DEVICE void copy_4(void *to, const void *from, int wanted) {
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;"
                 :
                 : "r"(shared_address(to)), "l"(from), "r"(wanted ? 4 : 0)
                 : "memory");
}

/* What this thread began to copy since the last commitment is one batch. */
DEVICE void commit_copies(void) {
    asm volatile("cp.async.commit_group;" ::: "memory");
}

/* Waits until all but the last COUNT batches of this thread are there. */
#define AWAIT_COPIES(count) asm volatile("cp.async.wait_group %0;" ::"n"(count) : "memory")

#endif
#endif

#if BACKEND_SIMULATED || __CUDA_ARCH__ >= 800

/* A's (16, 16) at (row, l) of a tile in shared memory, whose rows lie along k or across. */
DEVICE void load_left(UINT32 a[4], const UINT16 *tile, int pitch, int along, int row, int l) {
    if (along) {
        load_matrices(a, tile + (row + LANE % 16) * pitch + l + LANE / 16 * 8);
    } else {
        load_matrices_turned(a, tile + (l + LANE % 8 + LANE / 16 * 8) * pitch + row + LANE / 8 % 2 * 8);
    }
}

/* B's (16, 16) at (l, column) as two of 8 columns, the words of each beside each other. */
DEVICE void load_right(UINT32 b[4], const UINT16 *tile, int pitch, int along, int column, int l) {
    if (along) {
        load_matrices(b, tile + (column + LANE % 8 + LANE / 16 * 8) * pitch + l + LANE / 8 % 2 * 8);
    } else {
        load_matrices_turned(b, tile + (l + LANE % 16) * pitch + column + LANE / 16 * 8);
    }
}

#endif
