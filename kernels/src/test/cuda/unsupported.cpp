/* What JCuda's library asks for and nobody here needs: it loads, and a call says that it is not simulated. */
#include "errors.h"

#define SIM_UNSUPPORTED(name) \
    extern "C" __attribute__((visibility("default"))) CUresult name() { return CUDA_ERROR_NOT_SUPPORTED; }
#include "unsupported.inc"
