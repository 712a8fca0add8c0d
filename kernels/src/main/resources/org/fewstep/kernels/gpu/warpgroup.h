/*
 * Words for warpgroups, CUDA alone: barriers in shared memory, bulk copies, and products of four warps (PTX ISA 9.0,
 * sections "mbarrier", "cp.async.bulk" and "Asynchronous Warpgroup Level Matrix Multiply-Accumulate Instructions");
 * compiled for sm_90a alone. In the simulator the same functions are emulated.
 *
 * A warpgroup is four warps of which the first one's number divides by 4. Matrices in shared memory are K-major with the
 * 128-byte swizzle: 64 numbers of a row's k are 128 bytes, eight rows follow each other in 1,024 bytes that start at a
 * multiple of 1,024, and the 16-byte chunk c of row r stands at place c ^ (r % 8). A (64, 16) and B (n, 16) start at the
 * chunk of their first k. With g, t and w the warp's number in the group, a thread holds of D (64, n) in d[4 j + 2 h + e]
 * row 16 w + g + 8 h, column 8 j + 2t + e.
 */

#define WARPGROUP 128

#if BACKEND_SIMULATED
#include <warpgroup_emulated.h>
#elif __CUDA_ARCH_FEAT_SM90_ALL

/* A barrier of that many arrivals; then open_barriers, and a barrier of the group before anyone uses it. */
DEVICE void make_barrier(UINT64 *barrier, int arrivals) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(barrier)), "r"(arrivals) : "memory");
}

/* Shows new barriers to the copy engine. */
DEVICE void open_barriers(void) {
    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

DEVICE void arrive(UINT64 *barrier) {
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(shared_address(barrier)) : "memory");
}

/* Arrives, and holds the phase open for that many bytes of bulk copies. */
DEVICE void arrive_expecting(UINT64 *barrier, UINT32 bytes) {
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(barrier)), "r"(bytes)
                 : "memory");
}

/* Waits for the end of the phase of that parity: 0 for the first one, then in turns. */
DEVICE void await_phase(UINT64 *barrier, UINT32 parity) {
    UINT32 done;
    do {
        asm volatile("{\n"
                     ".reg .pred p;\n"
                     "mbarrier.try_wait.parity.shared::cta.b64 p, [%1], %2;\n"
                     "selp.u32 %0, 1, 0, p;\n"
                     "}"
                     : "=r"(done)
                     : "r"(shared_address(barrier)), "r"(parity)
                     : "memory");
    } while (!done);
}

/* Begins a copy to shared memory whose bytes count for the barrier; all places and the size divide by 16. */
DEVICE void copy_bulk(void *to, const void *from, UINT32 bytes, UINT64 *barrier) {
    asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];"
                 :
                 : "r"(shared_address(to)), "l"(from), "r"(bytes), "r"(shared_address(barrier))
                 : "memory");
}

/* Registers of each of this warpgroup's threads from here on: fewer, or more once others gave theirs up. */
#define FEWER_REGISTERS(count) asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(count))
#define MORE_REGISTERS(count) asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(count))

/* Where a matrix starts in shared memory, as the tensor cores read it: swizzle of 128 bytes, eight rows in 1,024 bytes. */
DEVICE UINT64 matrix_at(const void *start) {
    return (UINT64) ((shared_address(start) & 0x3ffffu) >> 4) | (UINT64) 1 << 16 | (UINT64) (1024 >> 4) << 32
           | (UINT64) 1 << 62;
}

/* Orders what this warpgroup did with registers before products that read or write them. */
DEVICE void order_registers(void) {
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}

/* The products begun since the last commitment are one batch. */
DEVICE void commit_products(void) {
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}

/* Waits until all but the last COUNT batches of products are done. */
#define AWAIT_PRODUCTS(count) asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(count) : "memory")

#define SUMS_8(d, i)                                                                                            \
    "+f"(d[i]), "+f"(d[i + 1]), "+f"(d[i + 2]), "+f"(d[i + 3]), "+f"(d[i + 4]), "+f"(d[i + 5]), "+f"(d[i + 6]), \
            "+f"(d[i + 7])
#define SUMS_32(d, i) SUMS_8(d, i), SUMS_8(d, i + 8), SUMS_8(d, i + 16), SUMS_8(d, i + 24)
#define SUMS_128(d) SUMS_32(d, 0), SUMS_32(d, 32), SUMS_32(d, 64), SUMS_32(d, 96)

/* Begins D += A B^T: A (64, 16) and B (256, 16) at those places. */
DEVICE void multiply_group_256(float d[128], UINT64 a, UINT64 b) {
    asm volatile("wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16 "
                 "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
                 "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
                 "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
                 "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, "
                 "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "
                 "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, "
                 "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, "
                 "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127}, "
                 "%128, %129, 1, 1, 1, 0, 0;"
                 : SUMS_128(d)
                 : "l"(a), "l"(b));
}

#endif
