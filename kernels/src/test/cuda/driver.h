/* The simulated driver's objects. One lock keeps all calls apart; work waits in queues until somebody waits for it. */
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "block.h"
#include "errors.h"

typedef int CUdevice;
typedef unsigned long long CUdeviceptr;
typedef void *CUcontext;
typedef void *CUmodule;
typedef void *CUfunction;
typedef void *CUstream;
typedef void *CUevent;
typedef void *CUgraph;
typedef void *CUgraphExec;

#define CUDA_API extern "C" __attribute__((visibility("default"))) CUresult

/* Numbers for objects. None is used twice, so that a destroyed object is known as such. */
uint64_t next_handle();

template <class T>
class Handles {
  public:
    void *add(std::shared_ptr<T> object) {
        uint64_t handle = next_handle();
        objects[handle] = std::move(object);
        return (void *) handle;
    }

    std::shared_ptr<T> get(void *handle, CUresult otherwise = CUDA_ERROR_INVALID_HANDLE) const {
        auto found = objects.find((uint64_t) handle);
        if (found == objects.end()) {
            throw otherwise;
        }
        return found->second;
    }

    std::shared_ptr<T> remove(void *handle, CUresult otherwise = CUDA_ERROR_INVALID_HANDLE) {
        std::shared_ptr<T> object = get(handle, otherwise);
        objects.erase((uint64_t) handle);
        return object;
    }

    template <class P>
    void remove_if(P predicate) {
        for (auto it = objects.begin(); it != objects.end();) {
            it = predicate(*it->second) ? objects.erase(it) : std::next(it);
        }
    }

    template <class F>
    void each(F f) const {
        for (const auto &[handle, object] : objects) {
            f(*object);
        }
    }

  private:
    std::unordered_map<uint64_t, std::shared_ptr<T>> objects;
};

struct Context;
struct Stream;
struct Capture;

/* Something to do on a device; fails by throwing Fault. */
typedef std::function<void()> Work;

/* Work in a stream's queue, after what stands before it there and the operations named. */
struct Operation {
    Work work;
    std::weak_ptr<Stream> stream;
    std::vector<std::shared_ptr<Operation>> after;
    bool done = false;
    double seconds = 0;
};

struct Stream {
    Context *context;
    unsigned flags;
    int priority = 0;
    bool legacy = false;
    std::deque<std::shared_ptr<Operation>> queue;
    std::shared_ptr<Operation> last;
    std::shared_ptr<Capture> capture;

    bool blocking() const { return !legacy && (flags & 1) == 0; }
};

struct Graph {
    Context *context;
    std::vector<Work> nodes;
};

/* What a stream of a capture has seen of each stream's work, as a count of the graph's nodes. */
typedef std::map<const Stream *, size_t> Seen;

struct Capture {
    std::shared_ptr<Graph> graph;
    std::shared_ptr<Stream> origin;
    int mode;
    uint64_t thread;
    bool invalid = false;
    std::map<const Stream *, Seen> seen;
    std::vector<std::shared_ptr<Stream>> joined;
};

struct Event {
    Context *context;
    unsigned flags;
    std::shared_ptr<Operation> recorded;
    std::shared_ptr<Capture> capture;
    Seen seen;
};

struct Context {
    bool primary = false;
    bool alive = true;
    unsigned flags = 0;
    /* An error of work that nobody has waited for yet, and the one that was told: all calls give it from then on. */
    CUresult pending = CUDA_SUCCESS;
    CUresult lost = CUDA_SUCCESS;
    std::shared_ptr<Stream> legacy;
    std::shared_ptr<Stream> per_thread;
    std::vector<std::string> unchecked;
};

struct Module {
    Context *context;
    int file = -1;
    void *library = nullptr;
    const SimModule *description = nullptr;
    std::map<std::string, size_t> shared_bytes;
    std::map<std::string, void *> functions;
    bool loaded = true;

    const void *base() const;
    ~Module();
};

struct Function {
    std::shared_ptr<Module> module;
    const SimKernel *kernel;
    size_t static_bytes;
    size_t dynamic_limit;
};

/* The simulated device. */
struct Properties {
    int capability;
    size_t memory;
    size_t shared_optin;
    bool late;
    bool checked;
    bool races;
    bool log;
};

constexpr size_t USUAL_SHARED = 48 << 10;
constexpr int MULTIPROCESSORS = 4;

const Properties &properties();

extern Handles<Stream> streams;
extern Handles<Event> events;
extern Handles<Graph> graphs;
extern Handles<Graph> executables;
extern Handles<Module> modules;
extern Handles<Function> functions;
extern std::recursive_mutex driver_lock;

/* Tells on request; FEWSTEP_SIM_LOG=stderr. */
void tell(const std::string &message);

/* An error with its reason for the log. */
[[noreturn]] void refuse(CUresult code, const std::string &reason);

/* The context of this thread's calls. */
Context &current_context();
void require_start();
void require_device(CUdevice device);

template <class F>
CUresult call(F body) {
    std::lock_guard<std::recursive_mutex> held(driver_lock);
    try {
        body();
        return CUDA_SUCCESS;
    } catch (CUresult code) {
        return code;
    } catch (const Fault &fault) {
        tell(fault.message);
        return (CUresult) fault.code;
    } catch (const std::bad_alloc &) {
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
}

/* A call that needs a context which works. */
template <class F>
CUresult in_context(F body) {
    return call([&] {
        require_start();
        Context &context = current_context();
        if (context.lost != CUDA_SUCCESS) {
            throw context.lost;
        }
        body(context);
    });
}

inline void require(bool condition, CUresult code = CUDA_ERROR_INVALID_VALUE) {
    if (!condition) {
        throw code;
    }
}

/* Streams (streams.cpp). */
std::shared_ptr<Stream> stream_of(Context &context, CUstream handle);
std::shared_ptr<Operation> submit(Context &context, CUstream handle, Work work);
void complete(const std::shared_ptr<Operation> &operation);
/* Does all work of a context, checks its memory and tells of a failure. */
void finish_all(Context &context);
/* Tells of a failure of work that was done. */
void reveal(Context &context);
/* Throws while a stream of the context captures. */
void forbid_captures(Context &context);
/* Throws while a capture forbids what this call does. */
void forbid_in_capture();

/* Memory (memory.cpp). */
SimMemory device_memory();
void check_memory(Context &context, const std::string &after);
void check_arguments(Context &context, const SimKernel &kernel, void **arguments);
void free_memory(Context &context);

/* Modules (modules.cpp). */
void free_modules(Context &context);
