#include "fibers.h"

#include <sys/mman.h>
#include <unistd.h>

#include <new>
#include <vector>

namespace {

/* Room for a kernel's local arrays; memory is used where it is touched alone. */
constexpr size_t STACK = 256 << 10;

Fiber *current = nullptr;

/* Stacks not in use, the last used first: it is still in the processor's cache. */
std::vector<unsigned char *> pool;

unsigned char *take_stack() {
    if (!pool.empty()) {
        unsigned char *stack = pool.back();
        pool.pop_back();
        return stack;
    }
    void *stack = mmap(nullptr, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stack == MAP_FAILED) {
        throw std::bad_alloc();
    }
    /* The lowest page is no memory: what would run over stops there. */
    mprotect(stack, (size_t) sysconf(_SC_PAGESIZE), PROT_NONE);
    return (unsigned char *) stack;
}

}  // namespace

#if defined(__x86_64__)

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

void Fiber::start(void (*run)(void *), void *with) {
    body = run;
    argument = with;
    finished = false;
    stack = take_stack();
#if defined(__x86_64__)
    /* As sim_switch leaves a stack: six registers, where to return to, and the return address of a function called. */
    void **top = (void **) (stack + STACK);
    *--top = nullptr;
    *--top = (void *) &Fiber::enter;
    for (int i = 0; i < 6; i++) {
        *--top = nullptr;
    }
    own = top;
#else
    getcontext(&own);
    own.uc_stack.ss_sp = stack;
    own.uc_stack.ss_size = STACK;
    own.uc_link = nullptr;
    makecontext(&own, &Fiber::enter, 0);
#endif
}

void Fiber::enter() {
    current->body(current->argument);
    current->finished = true;
    pause();
}

void Fiber::resume() {
    current = this;
#if defined(__x86_64__)
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
#if defined(__x86_64__)
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
