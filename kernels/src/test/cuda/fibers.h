/* Flows of control with stacks of their own, switched by hand. */
#pragma once

#include <cstddef>

/* Where there is no assembly below for the processor, the system switches. */
#if !defined(__x86_64__)
#define SIM_UCONTEXT 1
#endif
#if SIM_UCONTEXT
#include <ucontext.h>
#endif

class Fiber {
  public:
    /*
     * Prepares a run of the body on a stack of the pool; resume() begins it. Returns room for so many bytes at the stack's
     * top, which the run does not use.
     */
    void *start(void (*body)(void *), void *argument, size_t room);

    /* Runs the fiber until it pauses or its body returns; then its stack goes back. */
    void resume();

    /* Goes back to who resumed the running fiber. */
    static void pause();

    /* Gives up what is left of the run. */
    void abandon();

    bool running() const { return stack != nullptr; }

  private:
    static void enter();

    void (*body)(void *) = nullptr;
    void *argument = nullptr;
    unsigned char *stack = nullptr;
    bool finished = false;
#if !SIM_UCONTEXT
    void *own = nullptr;
    void *resumer = nullptr;
#else
    ucontext_t own;
    ucontext_t resumer;
#endif
};
