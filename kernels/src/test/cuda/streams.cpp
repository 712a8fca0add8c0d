/* Streams, events and graphs. */
#include <pthread.h>
#include <time.h>

#include <algorithm>

#include "driver.h"

Handles<Stream> streams;
Handles<Event> events;
Handles<Graph> graphs;
Handles<Graph> executables;

namespace {

constexpr size_t LONGEST_QUEUE = 1024;

constexpr unsigned DISABLE_TIMING = 2;

enum Mode { GLOBAL = 0, THREAD_LOCAL = 1, RELAXED = 2 };

/* What cuThreadExchangeStreamCaptureMode sets. */
thread_local int strictness = GLOBAL;

uint64_t this_thread() {
    return (uint64_t) pthread_self();
}

double now() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

std::vector<std::shared_ptr<Capture>> captures;

void end(const std::shared_ptr<Capture> &capture) {
    for (const auto &stream : capture->joined) {
        stream->capture = nullptr;
    }
    captures.erase(std::remove(captures.begin(), captures.end(), capture), captures.end());
}

[[noreturn]] void spoil(Capture &capture, CUresult code, const std::string &reason) {
    capture.invalid = true;
    refuse(code, reason);
}

void require_no_capture(const Stream &stream, const char *what) {
    if (stream.capture) {
        spoil(*stream.capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, std::string(what) + " a stream that captures");
    }
}

/* The default stream would wait for streams that capture. */
void require_default_free(Context &context) {
    for (const auto &capture : captures) {
        for (const auto &stream : capture->joined) {
            if (stream->context == &context && stream->blocking()) {
                spoil(*capture, CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, "the default stream while a stream captures");
            }
        }
    }
}

/* Work after a failure is not done. */
void run(Context &context, Operation &operation) {
    if (context.pending == CUDA_SUCCESS && context.lost == CUDA_SUCCESS) {
        try {
            operation.work();
        } catch (const Fault &fault) {
            tell(fault.message);
            context.pending = (CUresult) fault.code;
        }
    }
    operation.done = true;
    operation.seconds = now();
    operation.after.clear();
    operation.work = nullptr;
}

void run_first(Stream &stream) {
    std::shared_ptr<Operation> first = stream.queue.front();
    for (const auto &earlier : std::vector<std::shared_ptr<Operation>>(first->after)) {
        complete(earlier);
    }
    if (!first->done) {
        run(*stream.context, *first);
        stream.queue.pop_front();
    }
}

std::shared_ptr<Operation> enqueue(const std::shared_ptr<Stream> &stream, Work work) {
    Context &context = *stream->context;
    auto operation = std::make_shared<Operation>();
    operation->work = std::move(work);
    operation->stream = stream;
    auto wait_for = [&](const Stream &other) {
        if (&other != stream.get() && other.last && !other.last->done) {
            operation->after.push_back(other.last);
        }
    };
    if (stream->legacy) {
        streams.each([&](const Stream &other) {
            if (other.context == &context && other.blocking()) {
                wait_for(other);
            }
        });
        wait_for(*context.per_thread);
    } else if (stream->blocking()) {
        wait_for(*context.legacy);
    }
    stream->queue.push_back(operation);
    stream->last = operation;
    if (!properties().late) {
        complete(operation);
    }
    while (stream->queue.size() > LONGEST_QUEUE) {
        run_first(*stream);
    }
    return operation;
}

}  // namespace

std::shared_ptr<Stream> stream_of(Context &context, CUstream handle) {
    if (handle == nullptr || handle == (CUstream) 1) {
        return context.legacy;
    }
    if (handle == (CUstream) 2) {
        return context.per_thread;
    }
    std::shared_ptr<Stream> stream = streams.get(handle);
    require(stream->context == &context, CUDA_ERROR_INVALID_CONTEXT);
    return stream;
}

std::shared_ptr<Operation> submit(Context &context, CUstream handle, Work work) {
    std::shared_ptr<Stream> stream = stream_of(context, handle);
    if (stream->capture) {
        Capture &capture = *stream->capture;
        require(!capture.invalid, CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
        capture.graph->nodes.push_back(std::move(work));
        capture.seen[stream.get()][stream.get()] = capture.graph->nodes.size();
        return nullptr;
    }
    if (stream->legacy) {
        require_default_free(context);
    }
    return enqueue(stream, std::move(work));
}

void complete(const std::shared_ptr<Operation> &operation) {
    if (!operation) {
        return;
    }
    std::shared_ptr<Stream> stream = operation->stream.lock();
    while (!operation->done && stream && !stream->queue.empty()) {
        run_first(*stream);
    }
}

void reveal(Context &context) {
    if (context.pending != CUDA_SUCCESS) {
        context.lost = context.pending;
        context.pending = CUDA_SUCCESS;
        throw context.lost;
    }
}

void forbid_captures(Context &context) {
    for (const auto &capture : captures) {
        if (capture->origin->context == &context) {
            spoil(*capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "a wait for all work while a stream captures");
        }
    }
}

void finish_all(Context &context) {
    std::vector<std::shared_ptr<Operation>> last = {context.legacy->last, context.per_thread->last};
    streams.each([&](const Stream &stream) {
        if (stream.context == &context) {
            last.push_back(stream.last);
        }
    });
    for (const auto &operation : last) {
        complete(operation);
    }
    check_memory(context, "");
    reveal(context);
}

void forbid_in_capture() {
    for (const auto &capture : captures) {
        bool own = capture->thread == this_thread();
        bool forbidden = strictness != RELAXED
                         && ((own && capture->mode != RELAXED) || (strictness == GLOBAL && capture->mode == GLOBAL));
        if (forbidden) {
            spoil(*capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "a call that is not allowed while a stream captures");
        }
    }
}

/* Streams. */

CUDA_API cuStreamCreateWithPriority(CUstream *handle, unsigned flags, int priority) {
    return in_context([&](Context &context) {
        require(handle != nullptr && flags <= 1);
        auto stream = std::make_shared<Stream>();
        stream->context = &context;
        stream->flags = flags;
        stream->priority = priority;
        *handle = streams.add(stream);
    });
}

CUDA_API cuStreamCreate(CUstream *handle, unsigned flags) {
    return cuStreamCreateWithPriority(handle, flags, 0);
}

CUDA_API cuStreamDestroy_v2(CUstream handle) {
    return in_context([&](Context &) {
        std::shared_ptr<Stream> stream = streams.get(handle);
        if (stream->capture) {
            stream->capture->invalid = true;
            end(stream->capture);
        }
        complete(stream->last);
        streams.remove(handle);
    });
}

CUDA_API cuStreamSynchronize(CUstream handle) {
    return in_context([&](Context &context) {
        std::shared_ptr<Stream> stream = stream_of(context, handle);
        require_no_capture(*stream, "a wait for");
        complete(stream->last);
        check_memory(context, "");
        reveal(context);
    });
}

/* Asking does one piece of work, so that who asks in a loop comes to an end. */
CUDA_API cuStreamQuery(CUstream handle) {
    return in_context([&](Context &context) {
        std::shared_ptr<Stream> stream = stream_of(context, handle);
        require_no_capture(*stream, "a question to");
        if (!stream->queue.empty()) {
            run_first(*stream);
            throw CUDA_ERROR_NOT_READY;
        }
        check_memory(context, "");
        reveal(context);
    });
}

CUDA_API cuStreamGetFlags(CUstream handle, unsigned *flags) {
    return in_context([&](Context &context) { *flags = stream_of(context, handle)->flags; });
}

CUDA_API cuStreamGetPriority(CUstream handle, int *priority) {
    return in_context([&](Context &context) { *priority = stream_of(context, handle)->priority; });
}

CUDA_API cuStreamWaitEvent(CUstream handle, CUevent event_handle, unsigned) {
    return in_context([&](Context &context) {
        std::shared_ptr<Stream> stream = stream_of(context, handle);
        std::shared_ptr<Event> event = events.get(event_handle);
        if (event->capture && !event->capture->invalid) {
            Capture &capture = *event->capture;
            if (stream->capture && stream->capture != event->capture) {
                spoil(capture, CUDA_ERROR_STREAM_CAPTURE_MERGE, "an event of another capture");
            }
            if (!stream->capture) {
                stream->capture = event->capture;
                capture.joined.push_back(stream);
            }
            Seen &seen = capture.seen[stream.get()];
            for (const auto &[other, nodes] : event->seen) {
                seen[other] = std::max(seen[other], nodes);
            }
            return;
        }
        if (stream->capture) {
            spoil(*stream->capture, CUDA_ERROR_STREAM_CAPTURE_ISOLATION, "a wait for an event outside the capture");
        }
        if (event->recorded && !event->recorded->done) {
            auto waited = enqueue(stream, [] {});
            if (!waited->done) {
                waited->after.push_back(event->recorded);
            }
        }
    });
}

/* Events. */

CUDA_API cuEventCreate(CUevent *handle, unsigned flags) {
    return in_context([&](Context &context) {
        require(handle != nullptr && flags < 8);
        auto event = std::make_shared<Event>();
        event->context = &context;
        event->flags = flags;
        *handle = events.add(event);
    });
}

CUDA_API cuEventDestroy_v2(CUevent handle) {
    return in_context([&](Context &) { events.remove(handle); });
}

CUDA_API cuEventRecord(CUevent handle, CUstream stream_handle) {
    return in_context([&](Context &context) {
        std::shared_ptr<Event> event = events.get(handle);
        std::shared_ptr<Stream> stream = stream_of(context, stream_handle);
        require(event->context == &context, CUDA_ERROR_INVALID_HANDLE);
        if (stream->capture) {
            require(!stream->capture->invalid, CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
            event->capture = stream->capture;
            event->seen = stream->capture->seen[stream.get()];
            event->recorded = nullptr;
            return;
        }
        event->capture = nullptr;
        event->recorded = submit(context, stream_handle, [] {});
    });
}

CUDA_API cuEventRecordWithFlags(CUevent handle, CUstream stream, unsigned flags) {
    return flags == 0 ? cuEventRecord(handle, stream) : CUDA_ERROR_NOT_SUPPORTED;
}

CUDA_API cuEventSynchronize(CUevent handle) {
    return in_context([&](Context &context) {
        std::shared_ptr<Event> event = events.get(handle);
        require(!event->capture, CUDA_ERROR_CAPTURED_EVENT);
        complete(event->recorded);
        check_memory(context, "");
        reveal(context);
    });
}

CUDA_API cuEventQuery(CUevent handle) {
    return in_context([&](Context &context) {
        std::shared_ptr<Event> event = events.get(handle);
        require(!event->capture, CUDA_ERROR_CAPTURED_EVENT);
        forbid_in_capture();
        if (event->recorded && !event->recorded->done) {
            std::shared_ptr<Stream> stream = event->recorded->stream.lock();
            if (stream && !stream->queue.empty()) {
                run_first(*stream);
            }
            throw CUDA_ERROR_NOT_READY;
        }
        reveal(context);
    });
}

CUDA_API cuEventElapsedTime(float *milliseconds, CUevent start, CUevent stop) {
    return in_context([&](Context &) {
        std::shared_ptr<Event> from = events.get(start);
        std::shared_ptr<Event> to = events.get(stop);
        require(((from->flags | to->flags) & DISABLE_TIMING) == 0, CUDA_ERROR_INVALID_HANDLE);
        require(from->recorded && to->recorded, CUDA_ERROR_INVALID_HANDLE);
        require(from->recorded->done && to->recorded->done, CUDA_ERROR_NOT_READY);
        *milliseconds = (float) (1e3 * (to->recorded->seconds - from->recorded->seconds));
    });
}

/* Capture and graphs. */

CUDA_API cuThreadExchangeStreamCaptureMode(int *mode) {
    return call([&] {
        require(mode != nullptr && *mode >= GLOBAL && *mode <= RELAXED);
        std::swap(*mode, strictness);
    });
}

CUDA_API cuStreamBeginCapture_v2(CUstream handle, int mode) {
    return in_context([&](Context &context) {
        std::shared_ptr<Stream> stream = stream_of(context, handle);
        require(mode >= GLOBAL && mode <= RELAXED);
        require(!stream->legacy, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
        require_no_capture(*stream, "a second capture of");
        auto capture = std::make_shared<Capture>();
        capture->graph = std::make_shared<Graph>();
        capture->graph->context = &context;
        capture->origin = stream;
        capture->mode = mode;
        capture->thread = this_thread();
        capture->joined.push_back(stream);
        captures.push_back(capture);
        stream->capture = capture;
    });
}

CUDA_API cuStreamIsCapturing(CUstream handle, int *status) {
    return in_context([&](Context &context) {
        std::shared_ptr<Stream> stream = stream_of(context, handle);
        *status = !stream->capture ? 0 : stream->capture->invalid ? 2 : 1;
    });
}

CUDA_API cuStreamEndCapture(CUstream handle, CUgraph *graph) {
    return in_context([&](Context &context) {
        std::shared_ptr<Stream> stream = stream_of(context, handle);
        require(graph != nullptr);
        *graph = nullptr;
        std::shared_ptr<Capture> capture = stream->capture;
        require(capture != nullptr, CUDA_ERROR_ILLEGAL_STATE);
        require(capture->origin == stream, CUDA_ERROR_STREAM_CAPTURE_UNMATCHED);
        require(capture->mode == RELAXED || capture->thread == this_thread(), CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD);
        end(capture);
        require(!capture->invalid, CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
        for (const auto &joined : capture->joined) {
            size_t own = capture->seen[joined.get()][joined.get()];
            require(capture->seen[stream.get()][joined.get()] >= own, CUDA_ERROR_STREAM_CAPTURE_UNJOINED);
        }
        *graph = graphs.add(capture->graph);
    });
}

CUDA_API cuGraphGetNodes(CUgraph handle, void **nodes, size_t *count) {
    return call([&] {
        require(nodes == nullptr, CUDA_ERROR_NOT_SUPPORTED);
        *count = graphs.get(handle)->nodes.size();
    });
}

CUDA_API cuGraphDestroy(CUgraph handle) {
    return call([&] { graphs.remove(handle); });
}

CUDA_API cuGraphInstantiateWithFlags(CUgraphExec *executable, CUgraph handle, unsigned long long) {
    return in_context([&](Context &) {
        require(executable != nullptr);
        *executable = executables.add(std::make_shared<Graph>(*graphs.get(handle)));
    });
}

CUDA_API cuGraphInstantiate_v2(CUgraphExec *executable, CUgraph graph, void *, char *, size_t) {
    return cuGraphInstantiateWithFlags(executable, graph, 0);
}

CUDA_API cuGraphInstantiate(CUgraphExec *executable, CUgraph graph, void *, char *, size_t) {
    return cuGraphInstantiateWithFlags(executable, graph, 0);
}

CUDA_API cuGraphUpload(CUgraphExec handle, CUstream stream) {
    return in_context([&](Context &context) {
        executables.get(handle);
        stream_of(context, stream);
    });
}

CUDA_API cuGraphLaunch(CUgraphExec handle, CUstream stream) {
    return in_context([&](Context &context) {
        std::shared_ptr<Graph> graph = executables.get(handle);
        require(graph->context == &context, CUDA_ERROR_INVALID_CONTEXT);
        submit(context, stream, [graph] {
            for (const Work &node : graph->nodes) {
                node();
            }
        });
    });
}

CUDA_API cuGraphExecDestroy(CUgraphExec handle) {
    return call([&] { executables.remove(handle); });
}
