/*
 * The words in which kernels are written, for OpenCL C 1.2 and CUDA C++.
 *
 * A kernel file is compiled once for each REAL (float, double, or int for copies). Whoever compiles defines
 * BACKEND_OPENCL or BACKEND_CUDA, and REAL_IS_FLOAT, REAL_IS_DOUBLE or REAL_IS_INT. Pointers carry GLOBAL or SHARED
 * wherever they are declared. Sums and products are never contracted: where one rounding is wanted, fma says so.
 */

#if BACKEND_CUDA

#define KERNEL extern "C" __global__
#define DEVICE static __device__ __forceinline__
#define GLOBAL
#define SHARED
#define SHARED_ARRAY(type, name, size) __shared__ __align__(16) type name[size]
/*
 * Shared memory whose size the launch gives, as an array of a type; 1,024 bytes is what copies and tensor cores ask for at
 * most. The simulator has a DYNAMIC_SHARED of its own.
 */
#if !BACKEND_SIMULATED
#define DYNAMIC_SHARED(type, name)                                       \
    extern __shared__ __align__(1024) unsigned char dynamic_shared[];    \
    type *name = (type *) dynamic_shared
#endif
#define TABLE static __device__ const
#define BARRIER() __syncthreads()
/* Threads of a group, the most of them in CUDA, and groups that share a multiprocessor there. */
#define BOUNDS(threads, groups) __launch_bounds__(threads, groups)
#define DIM_0 x
#define DIM_1 y
#define DIM_2 z
#define DIM(d) DIM_##d
#define LOCAL_ID(d) ((int) threadIdx.DIM(d))
#define LOCAL_SIZE(d) ((int) blockDim.DIM(d))
#define GROUP_ID(d) ((int) blockIdx.DIM(d))
#define GROUPS(d) ((int) gridDim.DIM(d))
#define MULTIPLY_HIGH(a, b) __umulhi(a, b)
#define FLOAT_OF_BITS(i) __int_as_float(i)
#define BITS_OF_FLOAT(f) __float_as_int(f)
#define DOUBLE_OF_BITS(i) __longlong_as_double(i)
#define BITS_OF_DOUBLE(d) __double_as_longlong(d)
typedef unsigned int UINT32;
typedef long long INT64;

#else

#pragma OPENCL FP_CONTRACT OFF
#if REAL_IS_DOUBLE
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif
#define KERNEL __kernel
#define DEVICE static inline
#define GLOBAL __global
#define SHARED __local
#define SHARED_ARRAY(type, name, size) __local type name[size]
#define TABLE __constant
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE)
#define BOUNDS(threads, groups) __attribute__((reqd_work_group_size(threads, 1, 1)))
#define LOCAL_ID(d) ((int) get_local_id(d))
#define LOCAL_SIZE(d) ((int) get_local_size(d))
#define GROUP_ID(d) ((int) get_group_id(d))
#define GROUPS(d) ((int) get_num_groups(d))
#define MULTIPLY_HIGH(a, b) mul_hi(a, b)
#define FLOAT_OF_BITS(i) as_float(i)
#define BITS_OF_FLOAT(f) as_int(f)
#define DOUBLE_OF_BITS(i) as_double(i)
#define BITS_OF_DOUBLE(d) as_long(d)
typedef uint UINT32;
typedef long INT64;

#endif

/* This thread's number among all, and their count; 64 bits, since a loop's last step may pass 2^31. */
#define GLOBAL_ID(d) ((INT64) GROUP_ID(d) * LOCAL_SIZE(d) + LOCAL_ID(d))
#define GLOBAL_SIZE(d) ((INT64) GROUPS(d) * LOCAL_SIZE(d))

/* For each i below n, by all threads of the first dimension. */
#define FOR_EACH(i, n) for (INT64 i = GLOBAL_ID(0); i < (n); i += GLOBAL_SIZE(0))

/* A literal of the arithmetic's type: R(0.5). */
#if REAL_IS_FLOAT
#define REAL float
#define R(x) x##f
#define REAL_OF_BITS(i) FLOAT_OF_BITS(i)
#define BITS_OF_REAL(x) BITS_OF_FLOAT(x)
#define EPSILON 0x1p-23f
#define INFINITE FLOAT_OF_BITS(0x7F800000)
#elif REAL_IS_DOUBLE
#define REAL double
#define R(x) x
#define REAL_OF_BITS(i) DOUBLE_OF_BITS(i)
#define BITS_OF_REAL(x) BITS_OF_DOUBLE(x)
#define EPSILON 0x1p-52
#define INFINITE DOUBLE_OF_BITS(0x7FF0000000000000)
#elif REAL_IS_INT
#define REAL int
#endif

#if !REAL_IS_INT
/* The greater of two, of zeros the positive one, so that no order of comparisons shows; NaN if one is NaN. */
DEVICE REAL greater_of(REAL x, REAL y) {
    return x != x || y != y ? x + y : x > y ? x : y > x ? y : REAL_OF_BITS(BITS_OF_REAL(x) & BITS_OF_REAL(y));
}
#endif

/* Numbers of a block of a sum, and the lanes that add them. */
#define SUM_BLOCK 256
#define SUM_LANES 16

/* Most threads of a group that adds numbers. */
#define MOST_THREADS 256

/*
 * RESULT = sum of TERM, an expression of i, over i = FIRST .. END - 1, at most 256 numbers: lane l adds numbers l, l + 16,
 * ... in order, then l and l + 8, + 4, + 2, + 1 are added.
 */
#define BLOCK_SUM(RESULT, FIRST, END, TERM)                                  \
    do {                                                                     \
        REAL lane[16];                                                       \
        for (int l = 0; l < 16; l++) {                                       \
            lane[l] = 0;                                                     \
        }                                                                    \
        for (INT64 line = (FIRST); line < (END); line += 16) {               \
            for (int l = 0; l < 16; l++) {                                   \
                INT64 i = line + l;                                          \
                if (i < (END)) {                                             \
                    lane[l] += (TERM);                                       \
                }                                                            \
            }                                                                \
        }                                                                    \
        for (int apart = 8; apart > 0; apart /= 2) {                         \
            for (int l = 0; l < apart; l++) {                                \
                lane[l] += lane[l + apart];                                  \
            }                                                                \
        }                                                                    \
        (RESULT) = lane[0];                                                  \
    } while (0)

/* Enough for the blocks of any sum. */
#define TREE_LEVELS 24

/*
 * The same for any N numbers from 0 on, by the tree that all sums of the engine follow: blocks of 256 are added in pairs,
 * then pairs of pairs. What waits for its partner stands in a stack, one a level.
 */
#define TREE_SUM(RESULT, N, TERM)                                            \
    do {                                                                     \
        REAL waiting[TREE_LEVELS];                                           \
        INT64 tree_blocks = 0;                                               \
        int height = 0;                                                      \
        for (INT64 first = 0; first == 0 || first < (N); first += 256) {     \
            INT64 end = first + 256 < (N) ? first + 256 : (N);               \
            BLOCK_SUM(waiting[height], first, end, TERM);                    \
            height++;                                                        \
            tree_blocks++;                                                   \
            for (INT64 pairs = tree_blocks; (pairs & 1) == 0; pairs >>= 1) { \
                height--;                                                    \
                waiting[height - 1] += waiting[height];                      \
            }                                                                \
        }                                                                    \
        while (height > 1) {                                                 \
            height--;                                                        \
            waiting[height - 1] += waiting[height];                          \
        }                                                                    \
        (RESULT) = waiting[0];                                               \
    } while (0)

#if !REAL_IS_INT
/*
 * The same tree by groups of threads: what each of a block's 16 threads has added, as lanes of a block; and 16 neighbours
 * of one level of the tree, of which all from place "count" on are missing (count is at least 1) and, up to the next
 * multiple of 4, 0: no sum of a block is -0, so adding 0 changes nothing. "step" is the distance of neighbours.
 */
DEVICE REAL sum_of_lanes(SHARED const REAL *lane, int step) {
    REAL sum[SUM_LANES / 2];
    for (int l = 0; l < 8; l++) {
        sum[l] = lane[l * step] + lane[(l + 8) * step];
    }
    for (int l = 0; l < 4; l++) {
        sum[l] += sum[l + 4];
    }
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

DEVICE REAL sum_of_four(SHARED const REAL *part, int step) {
    return (part[0] + part[step]) + (part[2 * step] + part[3 * step]);
}

DEVICE REAL sum_of_sixteen(SHARED const REAL *part, int step, int count) {
    REAL low = sum_of_four(part, step);
    if (count > 4) {
        low += sum_of_four(part + 4 * step, step);
    }
    if (count <= 8) {
        return low;
    }
    REAL high = sum_of_four(part + 8 * step, step);
    if (count > 12) {
        high += sum_of_four(part + 12 * step, step);
    }
    return low + high;
}

/* Number of sums that wait when "parts" parts of equal size were added. */
DEVICE int height_of(INT64 parts) {
    int height = 0;
    for (INT64 rest = parts; rest > 0; rest >>= 1) {
        height += (int) (rest & 1);
    }
    return height;
}

/* The tree's higher levels: after "parts" parts of equal size one more, which is not the last. */
DEVICE void wait_for_partner(SHARED REAL *waiting, INT64 parts, REAL sum) {
    int height = height_of(parts);
    for (INT64 pairs = parts; (pairs & 1) == 1; pairs >>= 1) {
        height--;
        sum = waiting[height] + sum;
    }
    waiting[height] = sum;
}

/* The sum of all parts: after "parts" of them the last one. */
DEVICE REAL with_waiting(SHARED const REAL *waiting, INT64 parts, REAL sum) {
    for (int height = height_of(parts); height > 0; height--) {
        sum = waiting[height - 1] + sum;
    }
    return sum;
}

/* The greatest of at most 16. */
DEVICE REAL max_of_sixteen(SHARED const REAL *part, int step, int count) {
    REAL most = part[0];
    for (int p = 1; p < count; p++) {
        most = greater_of(most, part[p * step]);
    }
    return most;
}
#endif
