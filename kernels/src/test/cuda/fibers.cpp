#include "fibers.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <new>
#include <vector>

#include "runtime.h"

namespace {

constexpr size_t STACK = SIM_STACK;
constexpr size_t TOGETHER = 64;

Fiber *current = nullptr;

/* Stacks not in use, the last used first: it is still in the processor's cache. */
std::vector<unsigned char *> pool;

/* More stacks, each at a multiple of its size; memory is used where it is touched alone. */
void grow() {
    void *got = mmap(nullptr, (TOGETHER + 1) * STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                     -1, 0);
    if (got == MAP_FAILED) {
        throw std::bad_alloc();
    }
    unsigned char *first = (unsigned char *) (((uintptr_t) got + STACK - 1) / STACK * STACK);
    for (size_t i = TOGETHER; i-- > 0;) {
        /* The lowest page is no memory: what would run over stops there. */
        mprotect(first + i * STACK, (size_t) sysconf(_SC_PAGESIZE), PROT_NONE);
        pool.push_back(first + i * STACK);
    }
}

/*
 * Tops of stacks at equal distances from page boundaries would share a few lines of the caches, which remember by address
 * modulo 4096 and more: each stack begins elsewhere.
 */
size_t colour(const unsigned char *stack) {
    return (uintptr_t) stack / STACK * 576 % 16384 / 64 * 64;
}

}  // namespace

#if !SIM_UCONTEXT

/* Keeps the registers that a function must keep, and the stack pointer in *from; goes on where to was kept. */
extern "C" __attribute__((visibility("hidden"))) void sim_switch(void **from, void *to);
asm(R"(
    .text
    .globl sim_switch
    .hidden sim_switch
    .type sim_switch, @function
sim_switch:
    endbr64
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size sim_switch, . - sim_switch
)");

#endif

void *Fiber::start(void (*run)(void *), void *with, size_t room) {
    if (pool.empty()) {
        grow();
    }
    stack = pool.back();
    pool.pop_back();
    body = run;
    argument = with;
    finished = false;
    unsigned char *top = stack + STACK - colour(stack) - (room + 63) / 64 * 64;
#if !SIM_UCONTEXT
    /* As sim_switch leaves a stack: six registers, where to return to, and the return address of a function called. */
    void **frame = (void **) top;
    *--frame = nullptr;
    *--frame = (void *) &Fiber::enter;
    for (int i = 0; i < 6; i++) {
        *--frame = nullptr;
    }
    own = frame;
#else
    getcontext(&own);
    own.uc_stack.ss_sp = stack;
    own.uc_stack.ss_size = (size_t) (top - stack);
    own.uc_link = nullptr;
    makecontext(&own, &Fiber::enter, 0);
#endif
    return top;
}

void Fiber::enter() {
    current->body(current->argument);
    current->finished = true;
    pause();
}

void Fiber::resume() {
    current = this;
#if !SIM_UCONTEXT
    sim_switch(&resumer, own);
#else
    swapcontext(&resumer, &own);
#endif
    current = nullptr;
    if (finished) {
        abandon();
    }
}

void Fiber::pause() {
    Fiber *fiber = current;
#if !SIM_UCONTEXT
    sim_switch(&fiber->own, fiber->resumer);
#else
    swapcontext(&fiber->own, &fiber->resumer);
#endif
}

void Fiber::abandon() {
    if (stack != nullptr) {
        pool.push_back(stack);
        stack = nullptr;
    }
}
