/* Devices, contexts and errors. */
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "driver.h"

Handles<Context> contexts;
std::recursive_mutex driver_lock;

namespace {

bool started = false;
void *primary_handle = nullptr;
int primary_users = 0;
unsigned primary_flags = 0;

thread_local std::vector<void *> stack;

const char *environment(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    return value == nullptr || *value == 0 ? otherwise : value;
}

Properties of_environment() {
    Properties p{};
    p.capability = atoi(environment("FEWSTEP_SIM_CAPABILITY", "90"));
    p.memory = strtoull(environment("FEWSTEP_SIM_MEMORY", "1073741824"), nullptr, 10);
    p.shared_optin = p.capability >= 90 ? 227 << 10 : p.capability == 80 ? 163 << 10 : p.capability >= 86 ? 99 << 10 : 64 << 10;
    p.late = strcmp(environment("FEWSTEP_SIM_WORK", "late"), "early") != 0;
    p.checked = strcmp(environment("FEWSTEP_SIM_CHECK", ""), "none") != 0;
    p.races = strcmp(environment("FEWSTEP_SIM_CHECK", ""), "races") == 0;
    p.log = strcmp(environment("FEWSTEP_SIM_LOG", ""), "stderr") == 0;
    return p;
}

std::shared_ptr<Context> make_context(bool primary, unsigned flags) {
    auto context = std::make_shared<Context>();
    context->primary = primary;
    context->flags = flags;
    context->legacy = std::make_shared<Stream>();
    context->legacy->context = context.get();
    context->legacy->legacy = true;
    context->per_thread = std::make_shared<Stream>();
    context->per_thread->context = context.get();
    return context;
}

/* A destroyed context stays known, so that its use is refused by the right name. */
void destroy(Context &context) {
    for (const auto &stream : {context.legacy, context.per_thread}) {
        stream->queue.clear();
    }
    free_memory(context);
    free_modules(context);
    streams.remove_if([&](const Stream &stream) { return stream.context == &context; });
    events.remove_if([&](const Event &event) { return event.context == &context; });
    context.alive = false;
}

}  // namespace

uint64_t next_handle() {
    static uint64_t last = 0x510000000000;
    return last += 64;
}

const Properties &properties() {
    static const Properties all = of_environment();
    return all;
}

void tell(const std::string &message) {
    if (properties().log) {
        fprintf(stderr, "simulated cuda: %s\n", message.c_str());
    }
}

void refuse(CUresult code, const std::string &reason) {
    tell(reason);
    throw code;
}

void require_start() {
    require(started, CUDA_ERROR_NOT_INITIALIZED);
}

void require_device(CUdevice device) {
    require_start();
    require(device == 0, CUDA_ERROR_INVALID_DEVICE);
}

Context &current_context() {
    require(!stack.empty() && stack.back() != nullptr, CUDA_ERROR_INVALID_CONTEXT);
    std::shared_ptr<Context> context = contexts.get(stack.back(), CUDA_ERROR_INVALID_CONTEXT);
    require(context->alive, CUDA_ERROR_CONTEXT_IS_DESTROYED);
    return *context;
}

CUDA_API cuInit(unsigned flags) {
    return call([&] {
        require(flags == 0);
        started = true;
    });
}

CUDA_API cuDriverGetVersion(int *version) {
    return call([&] {
        require(version != nullptr);
        *version = 12060;
    });
}

CUDA_API cuGetErrorName(CUresult error, const char **name) {
    switch (error) {
#define SIM_NAME(code, number, meaning) \
    case code: *name = #code; return CUDA_SUCCESS;
        CUDA_ERRORS(SIM_NAME)
#undef SIM_NAME
    }
    *name = nullptr;
    return CUDA_ERROR_INVALID_VALUE;
}

CUDA_API cuGetErrorString(CUresult error, const char **text) {
    switch (error) {
#define SIM_TEXT(code, number, meaning) \
    case code: *text = meaning; return CUDA_SUCCESS;
        CUDA_ERRORS(SIM_TEXT)
#undef SIM_TEXT
    }
    *text = nullptr;
    return CUDA_ERROR_INVALID_VALUE;
}

/* Devices. */

CUDA_API cuDeviceGetCount(int *count) {
    return call([&] {
        require_start();
        *count = 1;
    });
}

CUDA_API cuDeviceGet(CUdevice *device, int ordinal) {
    return call([&] {
        require_device(ordinal);
        *device = 0;
    });
}

CUDA_API cuDeviceGetName(char *name, int length, CUdevice device) {
    return call([&] {
        require_device(device);
        require(name != nullptr && length > 0);
        snprintf(name, (size_t) length, "Simulated CUDA device");
    });
}

CUDA_API cuDeviceGetUuid(unsigned char *uuid, CUdevice device) {
    return call([&] {
        require_device(device);
        memcpy(uuid, "simulated device", 16);
    });
}

CUDA_API cuDeviceGetPCIBusId(char *id, int length, CUdevice device) {
    return call([&] {
        require_device(device);
        snprintf(id, (size_t) length, "0000:00:00.0");
    });
}

CUDA_API cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) {
    return call([&] {
        require_device(device);
        *bytes = properties().memory;
    });
}

CUDA_API cuDeviceComputeCapability(int *major, int *minor, CUdevice device) {
    return call([&] {
        require_device(device);
        *major = properties().capability / 10;
        *minor = properties().capability % 10;
    });
}

CUDA_API cuDeviceGetAttribute(int *value, int attribute, CUdevice device) {
    return call([&] {
        require_device(device);
        const Properties &p = properties();
        /* Numbers of CUdevice_attribute; a device without a feature says 0. */
        const std::map<int, int> known = {
                {1, 1024},                         /* threads a block */
                {2, 1024},                         /* block, x, y, z */
                {3, 1024},
                {4, 64},
                {5, 2147483647},                   /* grid, x, y, z */
                {6, 65535},
                {7, 65535},
                {8, (int) USUAL_SHARED},           /* shared memory a block */
                {9, 65536},                        /* constant memory */
                {10, 32},                          /* warp */
                {11, 2147483647},                  /* pitch */
                {12, 65536},                       /* registers a block */
                {13, 1000000},                     /* clock in kHz */
                {14, 512},                         /* alignment of textures */
                {15, 1},                           /* copies while it computes */
                {16, MULTIPROCESSORS},
                {19, 1},                           /* maps host memory */
                {31, 1},                           /* concurrent kernels */
                {36, 1000000},                     /* memory clock in kHz */
                {37, 1024},                        /* memory bus in bits */
                {38, 4 << 20},                     /* L2 cache */
                {39, p.capability == 75 ? 1024 : 2048}, /* threads a multiprocessor */
                {40, 1},                           /* copy engines */
                {41, 1},                           /* one address space */
                {75, p.capability / 10},
                {76, p.capability % 10},
                {81, (int) p.shared_optin + 1024}, /* shared memory a multiprocessor */
                {82, 65536},                       /* registers a multiprocessor */
                {97, (int) p.shared_optin},        /* shared memory a block may ask for */
                {106, 32},                         /* blocks a multiprocessor */
                {111, p.capability >= 80 ? 1024 : 0}, /* shared memory that the system keeps */
                {115, 1},                          /* memory pools */
        };
        require(value != nullptr && attribute > 0 && attribute < 150);
        auto found = known.find(attribute);
        *value = found == known.end() ? 0 : found->second;
    });
}

/* Contexts. */

CUDA_API cuDevicePrimaryCtxRetain(CUcontext *handle, CUdevice device) {
    return call([&] {
        require_device(device);
        if (primary_users == 0) {
            primary_handle = contexts.add(make_context(true, primary_flags));
        }
        primary_users++;
        *handle = primary_handle;
    });
}

CUDA_API cuDevicePrimaryCtxRelease_v2(CUdevice device) {
    return call([&] {
        require_device(device);
        require(primary_users > 0, CUDA_ERROR_INVALID_CONTEXT);
        if (--primary_users == 0) {
            destroy(*contexts.get(primary_handle));
        }
    });
}

CUDA_API cuDevicePrimaryCtxReset_v2(CUdevice device) {
    return call([&] {
        require_device(device);
        if (primary_users > 0) {
            destroy(*contexts.get(primary_handle));
            primary_users = 0;
        }
    });
}

CUDA_API cuDevicePrimaryCtxSetFlags_v2(CUdevice device, unsigned flags) {
    return call([&] {
        require_device(device);
        primary_flags = flags;
    });
}

CUDA_API cuDevicePrimaryCtxGetState(CUdevice device, unsigned *flags, int *active) {
    return call([&] {
        require_device(device);
        *flags = primary_flags;
        *active = primary_users > 0;
    });
}

CUDA_API cuCtxCreate_v2(CUcontext *handle, unsigned flags, CUdevice device) {
    return call([&] {
        require_device(device);
        *handle = contexts.add(make_context(false, flags));
        stack.push_back(*handle);
    });
}

CUDA_API cuCtxDestroy_v2(CUcontext handle) {
    return call([&] {
        require_start();
        std::shared_ptr<Context> context = contexts.get(handle, CUDA_ERROR_INVALID_CONTEXT);
        require(context->alive && !context->primary, CUDA_ERROR_INVALID_CONTEXT);
        destroy(*context);
        if (!stack.empty() && stack.back() == handle) {
            stack.pop_back();
        }
    });
}

CUDA_API cuCtxSetCurrent(CUcontext handle) {
    return call([&] {
        require_start();
        if (handle == nullptr) {
            if (!stack.empty()) {
                stack.pop_back();
            }
            return;
        }
        require(contexts.get(handle, CUDA_ERROR_INVALID_CONTEXT)->alive, CUDA_ERROR_CONTEXT_IS_DESTROYED);
        if (stack.empty()) {
            stack.push_back(handle);
        } else {
            stack.back() = handle;
        }
    });
}

CUDA_API cuCtxGetCurrent(CUcontext *handle) {
    return call([&] {
        require_start();
        *handle = stack.empty() ? nullptr : stack.back();
    });
}

CUDA_API cuCtxPushCurrent_v2(CUcontext handle) {
    return call([&] {
        require_start();
        contexts.get(handle, CUDA_ERROR_INVALID_CONTEXT);
        stack.push_back(handle);
    });
}

CUDA_API cuCtxPopCurrent_v2(CUcontext *handle) {
    return call([&] {
        require_start();
        require(!stack.empty(), CUDA_ERROR_INVALID_CONTEXT);
        if (handle != nullptr) {
            *handle = stack.back();
        }
        stack.pop_back();
    });
}

CUDA_API cuCtxGetDevice(CUdevice *device) {
    return in_context([&](Context &) { *device = 0; });
}

CUDA_API cuCtxGetFlags(unsigned *flags) {
    return in_context([&](Context &context) { *flags = context.flags; });
}

CUDA_API cuCtxGetApiVersion(CUcontext, unsigned *version) {
    return call([&] { *version = 3020; });
}

CUDA_API cuCtxGetStreamPriorityRange(int *least, int *greatest) {
    return in_context([&](Context &) { *least = *greatest = 0; });
}

CUDA_API cuCtxSynchronize() {
    return in_context([&](Context &context) {
        forbid_captures(context);
        finish_all(context);
    });
}
