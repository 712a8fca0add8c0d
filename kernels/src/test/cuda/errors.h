/* The driver's error codes: name, number, what it means. */
#define CUDA_ERRORS(_)                                                                             \
    _(CUDA_SUCCESS, 0, "no error")                                                                 \
    _(CUDA_ERROR_INVALID_VALUE, 1, "an argument is out of range")                                  \
    _(CUDA_ERROR_OUT_OF_MEMORY, 2, "no room")                                                      \
    _(CUDA_ERROR_NOT_INITIALIZED, 3, "cuInit was not called")                                      \
    _(CUDA_ERROR_INVALID_DEVICE, 101, "no such device")                                            \
    _(CUDA_ERROR_INVALID_IMAGE, 200, "not a module")                                               \
    _(CUDA_ERROR_INVALID_CONTEXT, 201, "no context, or not one of this object")                    \
    _(CUDA_ERROR_NO_BINARY_FOR_GPU, 209, "a module for other devices")                             \
    _(CUDA_ERROR_UNSUPPORTED_LIMIT, 215, "no such limit")                                          \
    _(CUDA_ERROR_INVALID_PTX, 218, "PTX is not compiled here")                                     \
    _(CUDA_ERROR_SHARED_OBJECT_INIT_FAILED, 303, "the module cannot be opened")                    \
    _(CUDA_ERROR_OPERATING_SYSTEM, 304, "the operating system refused")                            \
    _(CUDA_ERROR_INVALID_HANDLE, 400, "no such object, or one that was destroyed")                 \
    _(CUDA_ERROR_ILLEGAL_STATE, 401, "not in this state")                                           \
    _(CUDA_ERROR_NOT_FOUND, 500, "no such name")                                                   \
    _(CUDA_ERROR_NOT_READY, 600, "work is left")                                                   \
    _(CUDA_ERROR_ILLEGAL_ADDRESS, 700, "a kernel wrote where no memory is")                        \
    _(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, 701, "more threads or arguments than the kernel allows") \
    _(CUDA_ERROR_LAUNCH_TIMEOUT, 702, "a kernel did not end")                                      \
    _(CUDA_ERROR_PRIMARY_CONTEXT_ACTIVE, 708, "the primary context is in use")                     \
    _(CUDA_ERROR_CONTEXT_IS_DESTROYED, 709, "the context was destroyed")                           \
    _(CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED, 712, "registered host memory")                    \
    _(CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED, 713, "host memory that is not registered")            \
    _(CUDA_ERROR_MISALIGNED_ADDRESS, 716, "a kernel used an address that is not aligned")          \
    _(CUDA_ERROR_INVALID_ADDRESS_SPACE, 717, "a kernel used another kind of memory")               \
    _(CUDA_ERROR_LAUNCH_FAILED, 719, "a kernel failed")                                            \
    _(CUDA_ERROR_NOT_SUPPORTED, 801, "not simulated")                                              \
    _(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, 900, "not while a stream captures")                   \
    _(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, 901, "a call that was not allowed ended the capture") \
    _(CUDA_ERROR_STREAM_CAPTURE_MERGE, 902, "two captures meet")                                   \
    _(CUDA_ERROR_STREAM_CAPTURE_UNMATCHED, 903, "the capture began on another stream")             \
    _(CUDA_ERROR_STREAM_CAPTURE_UNJOINED, 904, "a stream of the capture was not joined")           \
    _(CUDA_ERROR_STREAM_CAPTURE_ISOLATION, 905, "captured work depends on work outside")           \
    _(CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, 906, "the default stream while a stream captures")       \
    _(CUDA_ERROR_CAPTURED_EVENT, 907, "an event of a capture")                                     \
    _(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD, 908, "another thread's capture")                     \
    _(CUDA_ERROR_UNKNOWN, 999, "unknown")

enum CUresult {
#define SIM_ERROR(name, number, meaning) name = number,
    CUDA_ERRORS(SIM_ERROR)
#undef SIM_ERROR
};
