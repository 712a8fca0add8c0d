#include "block.h"

#include "races.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <numeric>

namespace {

constexpr int ILLEGAL_ADDRESS = 700;
constexpr int LAUNCH_TIMEOUT = 702;
constexpr int LAUNCH_FAILED = 719;

constexpr unsigned WARP = 32;
constexpr size_t LARGEST_DEPOSIT = 256;
constexpr size_t GUARD = 1024;

/* Room for dynamic shared memory, of which a launch uses the start; what is behind is guarded. */
constexpr size_t DYNAMIC_ROOM = 256 << 10;
constexpr uint16_t GUARDED = 0x7ff5;

/* Rounds in which threads do nothing but yield, after which nothing will change. */
constexpr int PATIENCE = 10000;

enum class State { READY, AT_BARRIER, AT_NAMED_BARRIER, IN_EXCHANGE, YIELDED, DONE };

struct Thread {
    SimIndex index;
    uint32_t number;
    Fiber fiber;
    SimThread *seen;
    State state;
    SimPlace place;
    int bit;
};

/* A meeting of the lanes of one mask; deposits alternate, since a lane may come again before all have read. */
struct Meeting {
    unsigned mask;
    unsigned arrived = 0;
    size_t bytes = 0;
    SimPlace place{};
    unsigned turn = 0;
    unsigned present[2] = {0, 0};
    unsigned char deposits[2][WARP * LARGEST_DEPOSIT];
};

struct Warp {
    std::vector<Meeting> meetings;
};

struct NamedBarrier {
    unsigned threads = 0;
    unsigned arrived = 0;
    std::vector<Thread *> waiting;
};

std::string text(SimPlace place) {
    return std::string(place.file) + ":" + std::to_string(place.line);
}

std::string text(SimUse use, const void *site) {
    return std::string(use == SIM_READ ? "a read" : use == SIM_WRITE ? "a write" : "an atomic function") + " at "
           + source_place(site);
}

std::string text(SimIndex index) {
    return "(" + std::to_string(index.x) + ", " + std::to_string(index.y) + ", " + std::to_string(index.z) + ")";
}

class Block {
  public:
    Block(const Grid &grid, void **arguments, Order &order);
    void run(SimIndex index);
    /* After the last block: also what is far behind. */
    void end() const { check_guards(DYNAMIC_ROOM - grid.dynamic_bytes); }

    void barrier(SimPlace place, int bit, int *results);
    void named_barrier(SimPlace place, unsigned id, unsigned count, bool wait);
    unsigned exchange(SimPlace place, unsigned mask, const void *mine, size_t bytes, void *all);
    void yield(SimPlace place);
    void fence(bool device);
    void touch(const void *address, size_t bytes, SimUse use, const void *site);
    void doubt(const void *address, size_t bytes, SimUse use, const void *site);
    [[noreturn]] void fault(int code, const std::string &message);

  private:
    static void begin(void *block);
    void wait(State state, SimPlace place);
    void prepare(SimIndex index);
    void schedule();
    void round();
    void start(Thread &thread);
    bool release_barrier();
    void finish(Thread &thread);
    void release_meeting(Warp &warp, unsigned first, Meeting &meeting);
    unsigned alive(unsigned warp) const;
    Fault stuck() const;
    void check_guards(size_t behind) const;

    const Grid &grid;
    void **arguments;
    Order &order;
    std::vector<Thread> threads;
    std::vector<Warp> warps;
    std::vector<uint32_t> numbers;
    Races races;
    std::map<unsigned, NamedBarrier> named;
    unsigned char *dynamic;
    Thread *running = nullptr;
    SimIndex index{};
    uint32_t done = 0;
    int barrier_results[3] = {0, 0, 0};
    int idle_rounds = 0;
    bool failed = false;
    Fault failure{};
};

Block *active = nullptr;

unsigned char *dynamic_room() {
    static unsigned char *room = (unsigned char *) aligned_alloc(1024, GUARD + DYNAMIC_ROOM);
    return room;
}

Block::Block(const Grid &grid, void **arguments, Order &order)
    : grid(grid),
      arguments(arguments),
      order(order),
      threads((size_t) grid.threads.x * grid.threads.y * grid.threads.z),
      warps((threads.size() + WARP - 1) / WARP),
      races(*grid.module, (unsigned) warps.size()),
      dynamic(dynamic_room() + GUARD) {
    fill(dynamic - GUARD, GUARD, GUARDED);
    fill(dynamic + grid.dynamic_bytes, DYNAMIC_ROOM - grid.dynamic_bytes, GUARDED);
    uint32_t number = 0;
    for (unsigned z = 0; z < grid.threads.z; z++) {
        for (unsigned y = 0; y < grid.threads.y; y++) {
            for (unsigned x = 0; x < grid.threads.x; x++, number++) {
                threads[number].index = {x, y, z};
                threads[number].number = number;
            }
        }
    }
}

void Block::prepare(SimIndex at) {
    index = at;
    done = 0;
    idle_rounds = 0;
    races.next_block();
    named.clear();
    for (Thread &thread : threads) {
        thread.state = State::READY;
    }
    fill(grid.module->shared, (size_t) (grid.module->shared_end - grid.module->shared), UNINITIALISED);
    fill(dynamic, grid.dynamic_bytes, UNINITIALISED);
}

void Block::run(SimIndex at) {
    prepare(at);
    active = this;
    schedule();
    active = nullptr;
    if (failed) {
        for (Thread &thread : threads) {
            thread.fiber.abandon();
        }
        throw failure;
    }
    check_guards(GUARD);
}

void Block::schedule() {
    while (!failed && done < threads.size()) {
        round();
        bool ready = std::any_of(threads.begin(), threads.end(), [](const Thread &t) {
            return t.state == State::READY || t.state == State::YIELDED;
        });
        if (!failed && done < threads.size() && !ready && !release_barrier()) {
            failed = true;
            failure = stuck();
        }
    }
}

/* Each thread that can go on, until it waits or returns. */
void Block::round() {
    bool progress = false;
    order.next(numbers, (uint32_t) threads.size());
    for (uint32_t number : numbers) {
        Thread &thread = threads[number];
        if (thread.state != State::READY && thread.state != State::YIELDED) {
            continue;
        }
        progress |= thread.state == State::READY;
        thread.state = State::READY;
        if (!thread.fiber.running()) {
            start(thread);
        }
        running = &thread;
        *grid.module->thread = thread.seen;
        thread.fiber.resume();
        running = nullptr;
        if (failed) {
            return;
        }
        if (!thread.fiber.running()) {
            finish(thread);
        }
    }
    idle_rounds = progress ? 0 : idle_rounds + 1;
    if (idle_rounds > PATIENCE) {
        failed = true;
        failure = {LAUNCH_TIMEOUT, stuck().message};
    }
}

/* What the kernel sees of a thread stands on its stack: it may read there. */
void Block::start(Thread &thread) {
    void *room = thread.fiber.start(&Block::begin, this, sizeof(SimThread));
    thread.seen = new (room) SimThread{thread.index, index,   grid.threads,      grid.blocks,
                                       thread.number, dynamic, grid.dynamic_bytes, 0};
}

void Block::begin(void *block) {
    Block *self = (Block *) block;
    self->grid.kernel->call(self->arguments);
}

void Block::finish(Thread &thread) {
    thread.state = State::DONE;
    done++;
    unsigned warp = thread.number / WARP;
    for (Meeting &meeting : warps[warp].meetings) {
        if (meeting.arrived != 0) {
            release_meeting(warps[warp], warp, meeting);
        }
    }
}

void Block::wait(State state, SimPlace place) {
    Thread &thread = *running;
    thread.state = state;
    thread.place = place;
    Fiber::pause();
}

void Block::barrier(SimPlace place, int bit, int *results) {
    running->bit = bit;
    wait(State::AT_BARRIER, place);
    memcpy(results, barrier_results, sizeof(barrier_results));
}

/* Lets all go on where all stand at the same barrier. */
bool Block::release_barrier() {
    int sum = 0;
    for (const Thread &thread : threads) {
        if (thread.state != State::AT_BARRIER || thread.place.line != threads[0].place.line) {
            return false;
        }
        sum += thread.bit;
    }
    races.synchronise();
    barrier_results[0] = sum;
    barrier_results[1] = sum != 0;
    barrier_results[2] = sum == (int) threads.size();
    for (Thread &thread : threads) {
        thread.state = State::READY;
    }
    return true;
}

void Block::named_barrier(SimPlace place, unsigned id, unsigned count, bool waits) {
    NamedBarrier &barrier = named[id];
    if (id > 15 || count == 0 || count % WARP != 0 || (barrier.arrived != 0 && barrier.threads != count)) {
        fault(LAUNCH_FAILED, text(place) + ": named barrier " + std::to_string(id) + " of " + std::to_string(count)
                                     + " threads; expected at most 15 and the same whole warps at each call");
    }
    barrier.threads = count;
    barrier.arrived++;
    bool last = barrier.arrived == count;
    if (last) {
        races.synchronise();
        for (Thread *thread : barrier.waiting) {
            thread->state = State::READY;
        }
        barrier = NamedBarrier();
    } else if (waits) {
        barrier.waiting.push_back(running);
        wait(State::AT_NAMED_BARRIER, place);
    }
}

/* The lanes of a warp that have not returned. */
unsigned Block::alive(unsigned warp) const {
    unsigned lanes = 0;
    for (unsigned lane = 0; lane < WARP && warp * WARP + lane < threads.size(); lane++) {
        lanes |= (threads[warp * WARP + lane].state != State::DONE ? 1u : 0u) << lane;
    }
    return lanes;
}

unsigned Block::exchange(SimPlace place, unsigned mask, const void *mine, size_t bytes, void *all) {
    unsigned number = running->number / WARP;
    unsigned lane = running->number % WARP;
    Warp &warp = warps[number];
    if ((mask >> lane & 1) == 0 || bytes > LARGEST_DEPOSIT) {
        fault(LAUNCH_FAILED, text(place) + ": a lane calls for a mask without itself, or with too many bytes");
    }
    size_t at = 0;
    while (at < warp.meetings.size() && warp.meetings[at].mask != mask) {
        at++;
    }
    if (at == warp.meetings.size()) {
        warp.meetings.emplace_back();
        warp.meetings[at].mask = mask;
    }
    Meeting *meeting = &warp.meetings[at];
    if (meeting->arrived == 0) {
        meeting->bytes = bytes;
        meeting->place = place;
        fill(meeting->deposits[meeting->turn], WARP * bytes, UNINITIALISED);
    } else if (meeting->bytes != bytes || meeting->place.line != place.line) {
        fault(LAUNCH_FAILED, "lanes of a warp meet at " + text(meeting->place) + " and " + text(place));
    }
    unsigned turn = meeting->turn;
    memcpy(meeting->deposits[turn] + lane * bytes, mine, bytes);
    meeting->arrived |= 1u << lane;
    running->state = State::IN_EXCHANGE;
    running->place = place;
    release_meeting(warp, number, *meeting);
    if (running->state == State::IN_EXCHANGE) {
        Fiber::pause();
    }
    meeting = &warp.meetings[at];
    memcpy(all, meeting->deposits[turn], WARP * bytes);
    return meeting->present[turn];
}

/* Lets the lanes go on if all of the mask that have not returned are there. */
void Block::release_meeting(Warp &, unsigned number, Meeting &meeting) {
    unsigned expected = meeting.mask & alive(number);
    if ((expected & ~meeting.arrived) != 0) {
        return;
    }
    races.synchronise_warp(number);
    meeting.present[meeting.turn] = meeting.arrived;
    for (unsigned lane = 0; lane < WARP; lane++) {
        if (meeting.arrived >> lane & 1) {
            threads[number * WARP + lane].state = State::READY;
        }
    }
    meeting.arrived = 0;
    meeting.turn ^= 1;
}

void Block::yield(SimPlace place) {
    wait(State::YIELDED, place);
    races.synchronise();
}

/* What others wrote before may be read now; who waited for whom is not followed further. */
void Block::fence(bool device) {
    if (device) {
        races.synchronise_all();
    } else {
        races.synchronise();
    }
}

void Block::touch(const void *address, size_t bytes, SimUse use, const void *site) {
    if (running->seen->atomic > 0) {
        use = SIM_ATOMIC;
    }
    const Race *race = races.use(address, bytes, use, running->number, site);
    if (race == nullptr) {
        return;
    }
    std::string message = "race: " + text(use, site) + " of what ";
    message += race->other_block ? "another block" : "thread " + text(threads[race->thread].index);
    message += " used for " + text(race->use, race->site) + ", with no barrier between";
    fault(LAUNCH_FAILED, message);
}

void Block::doubt(const void *address, size_t bytes, SimUse use, const void *site) {
    uintptr_t place = (uintptr_t) address - (uintptr_t) dynamic;
    if (place < grid.dynamic_bytes && place + bytes <= grid.dynamic_bytes) {
        return;
    }
    std::string message = text(use, site) + " of " + std::to_string(bytes) + " bytes outside memory";
    if (place < DYNAMIC_ROOM) {
        message += ", at byte " + std::to_string(place) + " of " + std::to_string(grid.dynamic_bytes)
                   + " of dynamic shared memory";
    } else {
        message += memory_near(address);
    }
    fault(ILLEGAL_ADDRESS, message);
}

/* Called by a thread, which never goes on. */
void Block::fault(int code, const std::string &message) {
    failed = true;
    failure = {code, message + ", thread " + text(running->index) + " of block " + text(index)};
    for (;;) {
        Fiber::pause();
    }
}

/* Says where the threads stand that will never go on. */
Fault Block::stuck() const {
    std::map<std::string, std::pair<int, SimIndex>> places;
    for (const Thread &thread : threads) {
        std::string what;
        switch (thread.state) {
            case State::AT_BARRIER: what = "at the barrier " + text(thread.place); break;
            case State::AT_NAMED_BARRIER: what = "at the named barrier " + text(thread.place); break;
            case State::IN_EXCHANGE: what = "for their warp at " + text(thread.place); break;
            case State::DONE: what = "have returned"; break;
            default: what = "in a loop at " + text(thread.place); break;
        }
        auto found = places.emplace(what, std::make_pair(0, thread.index)).first;
        found->second.first++;
    }
    std::string message = "nobody can go on in block " + text(index) + ":";
    for (const auto &[what, who] : places) {
        message += " " + std::to_string(who.first) + " threads " + (what[0] == 'h' ? "" : "wait ") + what + " (first "
                   + text(who.second) + ");";
    }
    return {LAUNCH_FAILED, message};
}

void Block::check_guards(size_t behind) const {
    size_t before = differs(dynamic - GUARD, GUARD, GUARDED);
    size_t after = differs(dynamic + grid.dynamic_bytes, behind, GUARDED);
    if (before < GUARD || after < behind) {
        throw Fault{ILLEGAL_ADDRESS, "a write outside dynamic shared memory of " + std::to_string(grid.dynamic_bytes)
                                             + " bytes, in block " + text(index)};
    }
}

}  // namespace

void fill(void *from, size_t bytes, uint16_t pattern) {
    unsigned char *at = (unsigned char *) from;
    uint64_t word = pattern * 0x0001000100010001u;
    size_t whole = bytes / 8 * 8;
    for (size_t i = 0; i < whole; i += 8) {
        memcpy(at + i, &word, 8);
    }
    memcpy(at + whole, &word, bytes - whole);
}

size_t differs(const void *from, size_t bytes, uint16_t pattern) {
    const unsigned char *at = (const unsigned char *) from;
    uint64_t word = pattern * 0x0001000100010001u;
    for (size_t i = 0; i < bytes; i += 8) {
        size_t part = std::min<size_t>(8, bytes - i);
        if (memcmp(at + i, &word, part) != 0) {
            size_t first = 0;
            while (at[i + first] == ((const unsigned char *) &word)[first]) {
                first++;
            }
            return i + first;
        }
    }
    return bytes;
}

Order Order::of_environment() {
    Order order;
    const char *chosen = getenv("FEWSTEP_SIM_ORDER");
    std::string name = chosen == nullptr ? "forward" : chosen;
    if (name == "reverse") {
        order.kind = REVERSE;
    } else if (name.rfind("shuffled:", 0) == 0) {
        order.kind = SHUFFLED;
        order.seed = strtoul(name.c_str() + strlen("shuffled:"), nullptr, 10) & 0xffffff;
        order.random.seed(order.seed);
    } else if (name != "forward") {
        throw Fault{LAUNCH_FAILED,
                    "FEWSTEP_SIM_ORDER: got " + name + "; expected forward, reverse or shuffled:SEED"};
    }
    return order;
}

void Order::next(std::vector<uint32_t> &numbers, uint32_t n) {
    if (numbers.size() != n) {
        numbers.resize(n);
        std::iota(numbers.begin(), numbers.end(), 0u);
        if (kind == REVERSE) {
            std::reverse(numbers.begin(), numbers.end());
        }
    }
    if (kind == SHUFFLED) {
        std::shuffle(numbers.begin(), numbers.end(), random);
    }
}

/* Shuffled blocks follow each other at the distance of a prime, the first one is anywhere. */
uint64_t Order::block(uint64_t number, uint64_t blocks) const {
    constexpr uint64_t PRIME = 1000003;
    switch (kind) {
        case FORWARD: return number;
        case REVERSE: return blocks - 1 - number;
        default: return (number % blocks * (blocks % PRIME == 0 ? 1 : PRIME) + seed) % blocks;
    }
}

void run_grid(const Grid &grid, void **arguments) {
    Order order = Order::of_environment();
    Block block(grid, arguments, order);
    uint64_t blocks = (uint64_t) grid.blocks.x * grid.blocks.y * grid.blocks.z;
    for (uint64_t number = 0; number < blocks; number++) {
        uint64_t at = order.block(number, blocks);
        block.run({(unsigned) (at % grid.blocks.x), (unsigned) (at / grid.blocks.x % grid.blocks.y),
                   (unsigned) (at / grid.blocks.x / grid.blocks.y)});
    }
    block.end();
}

SimRuntime runtime(SimMemory memory, bool races) {
    return {
            memory,
            races,
            [](SimPlace place, int bit, int *results) { active->barrier(place, bit, results); },
            [](SimPlace place, unsigned mask, const void *mine, size_t bytes, void *all) {
                return active->exchange(place, mask, mine, bytes, all);
            },
            [](SimPlace place, unsigned id, unsigned threads, bool wait) {
                active->named_barrier(place, id, threads, wait);
            },
            [](SimPlace place) { active->yield(place); },
            [](bool device) { active->fence(device); },
            [](int code, const char *message) { active->fault(code, message); },
            [](const void *address, size_t bytes, SimUse use, const void *site) {
                active->touch(address, bytes, use, site);
            },
            [](const void *address, size_t bytes, SimUse use, const void *site) {
                active->doubt(address, bytes, use, site);
            },
    };
}
