/* The C ABI, used and misused: `abi SCENARIO [FILE]`. What is printed is compared by the test. */

#include <malloc.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "body.h"
#include "host.h"
#include "storm.h"

static double now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static int has(const char *text, const char *part) { return strstr(text, part) != NULL; }

/* The outcome without what differs from run to run. */
static void show(const char *outcome) {
    const char *tail = strstr(outcome, ",\"durationMs\"");
    CHECK(tail != NULL && has(tail, "\"heapPeakBytes\":") && has(tail, "\"dispatchId\":"));
    printf("%.*s}\n", (int)(tail - outcome), outcome);
}

static char *read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    static char text[1 << 16];
    size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = 0;
    fclose(file);
    return text;
}

/* The three handlers of the documentation's example. */
static void examples(const char *path) {
    Host host;
    RunnerHandle runner = begin(&host, read_file(path));
    show(dispatch(&host, runner, "myCustomEvent", "", 0));
    show(dispatch(&host, runner, "myCustomEventWithReturnData",
                  "{\"user\":{\"firstName\":\"John\",\"lastName\":\"Doe\"}}", 0));
    show(dispatch(&host, runner, "remoteNotification", "", 0));
    printf("%s\n", host.seen);
    end(&host, runner);
}

/* What a script of ours says to the event `test`. */
static void script(const char *path) {
    Host host;
    RunnerHandle runner = begin(&host, read_file(path));
    show(dispatch(&host, runner, "test", "", 120000));
    end(&host, runner);
}

static void deadline(void) {
    Host host;
    RunnerHandle runner = begin(&host, "addEventListener('loop', () => { for (;;) {} })");
    double start = now_ms();
    CHECK(has(dispatch(&host, runner, "loop", "", 100), "\"code\":\"DEADLINE_EXCEEDED\""));
    CHECK(now_ms() - start >= 100);
    end(&host, runner);
}

static void cancel(void) {
    Host host;
    RunnerHandle runner = begin(&host, "addEventListener('loop', () => { console.log('on'); for (;;) {} })");
    RunnerRequest asked = request("loop", "", 0);
    RunnerDispatch handle;
    CHECK(runner_dispatch(runner, &asked, on_done, &host, &handle) == RUNNER_STATUS_OK);
    await(&host, &host.begun, 1);
    CHECK(runner_cancel(handle) == RUNNER_STATUS_OK);
    runner_cancel(handle);
    await(&host, &host.outcomes, 1);
    CHECK(has(host.outcome, "\"code\":\"CANCELLED\""));
    CHECK(runner_cancel(handle) == RUNNER_STATUS_STALE_HANDLE);
    CHECK(host.outcomes == 1);
    end(&host, runner);
}

/* The system takes its time back: the script may save its work. A null reason of no length is none. */
static void stop(void) {
    Host host;
    RunnerHandle runner = begin(&host, "addEventListener('save', (resolve, reject, args, { signal }) => {"
                                       " signal.addEventListener('abort', () => resolve('saved'));"
                                       " setInterval(() => {}, 5); console.log('on') })");
    RunnerRequest asked = request("save", "", 0);
    RunnerDispatch handle;
    CHECK(runner_dispatch(runner, &asked, on_done, &host, &handle) == RUNNER_STATUS_OK);
    await(&host, &host.begun, 1);
    CHECK(runner_stop(handle, 1, (RunnerStr){NULL, 4}) == RUNNER_STATUS_NULL_POINTER);
    CHECK(runner_stop(handle, 1, (RunnerStr){(const uint8_t *)"\xff", 1}) == RUNNER_STATUS_INVALID_UTF8);
    CHECK(runner_stop(handle, UINT64_MAX, (RunnerStr){NULL, 0}) == RUNNER_STATUS_OK);
    await(&host, &host.outcomes, 1);
    CHECK(has(host.outcome, "\"value\":\"saved\""));
    CHECK(runner_stop(handle, 1, str("late")) == RUNNER_STATUS_STALE_HANDLE);
    end(&host, runner);
}

/* A host that never answers a call is told that nobody waits any more; its late answer is stale. */
static void silent(void) {
    Host host;
    RunnerHandle runner = begin(&host, "addEventListener('ask', () => { CapacitorApp.getInfo() })");
    host.silent = 1;
    RunnerRequest asked = request("ask", "", 0);
    RunnerDispatch handle;
    CHECK(runner_dispatch(runner, &asked, on_done, &host, &handle) == RUNNER_STATUS_OK);
    await(&host, &host.begun, 1);
    CHECK(runner_cancel(handle) == RUNNER_STATUS_OK);
    await(&host, &host.outcomes, 1);
    await(&host, &host.cancelled, 1);
    CHECK(runner_call_complete(host.last_call, str("{}")) == RUNNER_STATUS_STALE_HANDLE);
    CHECK(runner_call_fail(host.last_call, str("{}")) == RUNNER_STATUS_STALE_HANDLE);
    CHECK(runner_call_chunk(host.last_call, str("x")) == RUNNER_STATUS_STALE_HANDLE);
    end(&host, runner);
}

/* Answers with garbage, twice, and from within the call. */
static void garbage_call(void *data, RunnerCall call, RunnerStr label, RunnerStr api,
                         RunnerStr method, RunnerStr args) {
    (void)data, (void)label, (void)api, (void)method, (void)args;
    CHECK(runner_call_head(call, str("{}")) == RUNNER_STATUS_INVALID_ARGUMENT);
    CHECK(runner_call_complete(call, (RunnerStr){(const uint8_t *)"\xff{]", 3}) == 0);
    CHECK(runner_call_complete(call, str("1")) == RUNNER_STATUS_STALE_HANDLE);
}

/* Dispatches again, cancels and frees from within a call. */
static RunnerHandle reentered;
static void reentrant_call(void *data, RunnerCall call, RunnerStr label, RunnerStr api,
                           RunnerStr method, RunnerStr args) {
    (void)label, (void)api, (void)method, (void)args;
    RunnerRequest asked = request("other", "", 0);
    RunnerDispatch handle;
    CHECK(runner_dispatch(reentered, &asked, on_done, data, &handle) == RUNNER_STATUS_OK);
    runner_cancel(handle);
    CHECK(runner_free(reentered) == RUNNER_STATUS_OK);
    runner_call_complete(call, str("null"));
}

static void faults(void) {
    Host host;
    RunnerHandle runner = begin(&host, "");
    end(&host, runner);

    host.released = 0;
    pthread_mutex_init(&host.lock, NULL);
    pthread_cond_init(&host.change, NULL);
    host.source = "addEventListener('ask', (resolve) => {"
                  "  try { CapacitorApp.getInfo() } catch (e) { resolve(e.code) } })";
    RunnerHost functions = table(&host);
    functions.call = garbage_call;
    CHECK(runner_new(&functions, str(SETTINGS), &runner, NULL) == RUNNER_STATUS_OK);
    show(dispatch(&host, runner, "ask", "", 0));
    end(&host, runner);

    host.released = host.outcomes = 0;
    pthread_mutex_init(&host.lock, NULL);
    pthread_cond_init(&host.change, NULL);
    functions.call = reentrant_call;
    CHECK(runner_new(&functions, str(SETTINGS), &reentered, NULL) == RUNNER_STATUS_OK);
    RunnerRequest asked = request("ask", "", 0);
    CHECK(runner_dispatch(reentered, &asked, on_done, &host, NULL) == RUNNER_STATUS_OK);
    await(&host, &host.outcomes, 2);
    await(&host, &host.released, 1);
}

/* Answers what the script waits for; false while it asks nothing. */
static int answered(Host *host) {
    pthread_mutex_lock(&host->lock);
    RunnerCall other = host->last_call;
    host->last_call = 0;
    pthread_mutex_unlock(&host->lock);
    if (other != 0) CHECK(runner_call_complete(other, str("{\"id\":\"a\"}")) == RUNNER_STATUS_OK);
    return other != 0;
}

/* Sends a file, or a body, without end: until it is told that nobody wants more, also while the script waits for
 * another answer, which it gets then. */
static RunnerCall flooded;
static int asks;
static void *flood(void *data) {
    static char piece[1 << 16];
    Host *host = data;
    runner_call_head(flooded, str("{\"status\":200}"));
    for (size_t size = 1;; size = size * 2 < sizeof piece ? size * 2 : 1) {
        RunnerStr bytes = {(const uint8_t *)piece, size};
        RunnerStatus status = runner_call_chunk(flooded, bytes);
        if (status == RUNNER_STATUS_STALE_HANDLE) break;
        CHECK(status == RUNNER_STATUS_OK || status == RUNNER_STATUS_WAIT);
    }
    while (asks && !answered(host)) usleep(1000);
    change(host, &host->begun);
    return NULL;
}

static void begin_flood(Host *host, RunnerCall call) {
    pthread_t thread;
    flooded = call;
    CHECK(pthread_create(&thread, NULL, flood, host) == 0);
    pthread_detach(thread);
}

static void flooding_fetch(void *data, RunnerCall call, RunnerStr request, RunnerStr body) {
    (void)request, (void)body;
    begin_flood(data, call);
}

static void flooding_load(void *data, RunnerCall call, RunnerStr path) {
    (void)path;
    begin_flood(data, call);
}

/* An answer larger than the memory limit is an error, and the host is told to stop. */
static void endless(void) {
    const char *source = "addEventListener('e', (resolve) => { let info;"
                         "  fetch('https://a/').catch((e) => resolve([info.id, e.name]));"
                         "  setTimeout(() => { info = CapacitorApp.getInfo() }, 0) })";
    const char *const outcomes[] = {"\"value\":[\"a\",\"InternalError\"]", "\"code\":\"OUT_OF_MEMORY\""};
    for (int n = 0; n < 2; n++) {
        Host host;
        RunnerHost functions = host_of(&host, source);
        host.silent = 1;
        asks = n == 0;
        if (n == 0) functions.fetch = flooding_fetch;
        else functions.load = flooding_load;
        RunnerHandle runner = 0;
        CHECK(runner_new(&functions, str(SETTINGS), &runner, NULL) == RUNNER_STATUS_OK);
        RunnerRequest asked = request("e", "", 0);
        asked.memory_limit = 1 << 21;
        CHECK(runner_dispatch(runner, &asked, on_done, &host, NULL) == RUNNER_STATUS_OK);
        await(&host, &host.outcomes, 1);
        CHECK(has(host.outcome, outcomes[n]));
        await(&host, &host.cancelled, 1);
        await(&host, &host.begun, n == 0 ? 2 : 1);
        CHECK(runner_call_complete(flooded, str("")) == RUNNER_STATUS_STALE_HANDLE);
        end(&host, runner);
    }
}

/* A compiler that reaches the memory limit is stopped, whatever the size of its records. */
static void compiler(void) {
    static const char *const texts[] = {"a=1;", "if(a){a=1}"};
    for (size_t n = 0; n < sizeof texts / sizeof *texts; n++) {
        char source[256];
        snprintf(source, sizeof source, "addEventListener('e', (resolve) => {"
                                        "  try { new Function('%s'.repeat(2e5)) } catch (e) { resolve(`${e}`) } })",
                 texts[n]);
        Host host;
        RunnerHandle runner = begin(&host, source);
        RunnerRequest asked = request("e", "", 0);
        asked.memory_limit = 8 << 20;
        CHECK(runner_dispatch(runner, &asked, on_done, &host, NULL) == RUNNER_STATUS_OK);
        await(&host, &host.outcomes, 1);
        if (!has(host.outcome, "\"code\":\"OUT_OF_MEMORY\"")) printf("%s: %s\n", texts[n], host.outcome);
        end(&host, runner);
    }
}

/* What a host sees of a log line, and of the limits of the dispatch that says it. */
static RunnerLog seen_log;
static char seen_texts[64];
static void keep_log(void *data, const RunnerLog *record) {
    seen_log = *record;
    snprintf(seen_texts, sizeof seen_texts, "%.*s|%.*s|%.*s", (int)record->label.len,
             (char *)record->label.ptr, (int)record->event.len, (char *)record->event.ptr,
             (int)record->text.len, (char *)record->text.ptr);
    change(data, &((Host *)data)->begun);
}

/* Every member of every struct arrives as it was sent: C and Rust agree on where it is. */
static void members(void) {
    Host host;
    RunnerHost functions = host_of(
        &host, "addEventListener('e', (resolve, reject, args) => { console.warn('said'); resolve(args) });"
               "addEventListener('loop', () => { for (;;) {} });"
               "addEventListener('large', (resolve, reject, args) => resolve(new ArrayBuffer(args.n).byteLength))");
    functions.log = keep_log;
    RunnerHandle runner = 0;
    CHECK(runner_new(&functions, str(SETTINGS), &runner, NULL) == RUNNER_STATUS_OK);
    RunnerRequest asked = request("e", "{\"n\":1}", 0);
    asked.trigger = str("schedule:nightly");
    RunnerBuffer buffer = {NULL, 0};
    CHECK(runner_run(runner, &asked, &buffer) == RUNNER_STATUS_OK);
    CHECK(has((char *)buffer.ptr, "\"value\":{\"n\":1}"));
    char id[48];
    snprintf(id, sizeof id, "\"dispatchId\":%llu}", (unsigned long long)seen_log.dispatch_id);
    CHECK(buffer.len > strlen(id) && !memcmp(buffer.ptr + buffer.len - strlen(id), id, strlen(id)));
    CHECK(runner_buffer_free(&buffer) == RUNNER_STATUS_OK);
    CHECK(seen_log.level == RUNNER_LEVEL_WARN && !strcmp(seen_texts, "a|e|said"));
    CHECK(seen_log.time_ms > 1.6e12 && seen_log.time_ms < 1e14);
    CHECK(runner_history(runner, str(""), &buffer) == RUNNER_STATUS_OK);
    CHECK(has((char *)buffer.ptr, "\"scheduleId\":\"nightly\""));
    CHECK(runner_buffer_free(&buffer) == RUNNER_STATUS_OK);

    asked = request("loop", "", 20);
    asked.grace_ms = 1ull << 40;
    CHECK(runner_run(runner, &asked, &buffer) == RUNNER_STATUS_OK);
    CHECK(has((char *)buffer.ptr, "\"code\":\"DEADLINE_EXCEEDED\""));
    CHECK(runner_buffer_free(&buffer) == RUNNER_STATUS_OK);
    /* More than a 32-bit processor can address, and than its clocks can count. */
    asked = request("large", "{\"n\":1e8}", UINT64_MAX);
    asked.memory_limit = (1ull << 32) + 1;
    CHECK(runner_run(runner, &asked, &buffer) == RUNNER_STATUS_OK);
    CHECK(has((char *)buffer.ptr, "\"value\":100000000"));
    CHECK(runner_buffer_free(&buffer) == RUNNER_STATUS_OK);
    asked = request("large", "{\"n\":1e8}", 0);
    asked.memory_limit = 12345678;
    CHECK(runner_run(runner, &asked, &buffer) == RUNNER_STATUS_OK);
    CHECK(has((char *)buffer.ptr, "memory limit of 12345678 bytes"));
    CHECK(runner_buffer_free(&buffer) == RUNNER_STATUS_OK);
    end(&host, runner);
}

/* Every function with what it must not be given. */
static void misuse(void) {
    RunnerHandle runner = 7;
    RunnerBuffer buffer = {NULL, 0};
    Host host;
    RunnerHost functions = table(&host);
    RunnerStr bad_utf8 = {(const uint8_t *)"\xff", 1}, nowhere = {NULL, 3};
    RunnerStr endless = {(const uint8_t *)"x", (size_t)-1};

    CHECK(runner_abi_version() == RUNNER_ABI_VERSION);
    CHECK(runner_new(NULL, str(SETTINGS), &runner, NULL) == RUNNER_STATUS_NULL_POINTER);
    CHECK(runner_new(&functions, str(SETTINGS), NULL, NULL) == RUNNER_STATUS_NULL_POINTER);
    CHECK(runner_new(&functions, bad_utf8, &runner, NULL) == RUNNER_STATUS_INVALID_UTF8);
    CHECK(runner_new(&functions, nowhere, &runner, NULL) == RUNNER_STATUS_NULL_POINTER);
    CHECK(runner_new(&functions, endless, &runner, NULL) == RUNNER_STATUS_INVALID_ARGUMENT);
    CHECK(runner_new(&functions, str("{"), &runner, &buffer) == RUNNER_STATUS_INVALID_ARGUMENT);
    CHECK(buffer.len > 0 && has((char *)buffer.ptr, "INVALID_ARGUMENT"));
    CHECK(runner_buffer_free(&buffer) == RUNNER_STATUS_OK && buffer.ptr == NULL);
    CHECK(runner_buffer_free(&buffer) == RUNNER_STATUS_OK);
    CHECK(runner_buffer_free(NULL) == RUNNER_STATUS_NULL_POINTER);
    /* The table of another version may have fewer functions: nothing but the version is read. */
    uint32_t *other = malloc(sizeof *other);
    CHECK(other != NULL);
    *other = RUNNER_ABI_VERSION + 1;
    CHECK(runner_new((RunnerHost *)other, str(SETTINGS), &runner, NULL) == RUNNER_STATUS_ABI_MISMATCH);
    free(other);
    functions = table(&host);
    functions.load = NULL;
    CHECK(runner_new(&functions, str(SETTINGS), &runner, NULL) == RUNNER_STATUS_NULL_POINTER);
    CHECK(runner == 7);

    runner = begin(&host, "addEventListener('e', (resolve) => resolve('a\\u0000b'))");
    RunnerRequest asked = request("e", "", 0);
    uint64_t handles[] = {0, 1, UINT64_MAX, runner ^ 1, runner << 1, runner ^ (1ull << 63)};
    for (size_t i = 0; i < sizeof handles / sizeof *handles; i++) {
        uint64_t handle = handles[i];
        CHECK(runner_free(handle) == RUNNER_STATUS_STALE_HANDLE);
        CHECK(runner_cancel(handle) == RUNNER_STATUS_STALE_HANDLE);
        CHECK(runner_run(handle, &asked, &buffer) == RUNNER_STATUS_STALE_HANDLE);
        CHECK(runner_dispatch(handle, &asked, on_done, &host, NULL) == RUNNER_STATUS_STALE_HANDLE);
        CHECK(runner_call_complete(handle, str("")) == RUNNER_STATUS_STALE_HANDLE);
        CHECK(runner_call_chunk(handle, str("")) == RUNNER_STATUS_STALE_HANDLE);
        CHECK(runner_history(handle, str(""), &buffer) == RUNNER_STATUS_STALE_HANDLE);
    }
    CHECK(runner_cancel(runner) == RUNNER_STATUS_STALE_HANDLE);
    CHECK(runner_call_complete(runner, str("")) == RUNNER_STATUS_STALE_HANDLE);
    CHECK(runner_dispatch(runner, NULL, on_done, &host, NULL) == RUNNER_STATUS_NULL_POINTER);
    CHECK(runner_dispatch(runner, &asked, NULL, &host, NULL) == RUNNER_STATUS_NULL_POINTER);
    CHECK(runner_run(runner, &asked, NULL) == RUNNER_STATUS_NULL_POINTER);
    asked.event = bad_utf8;
    CHECK(runner_run(runner, &asked, &buffer) == RUNNER_STATUS_INVALID_UTF8);
    asked.event = endless;
    CHECK(runner_run(runner, &asked, &buffer) == RUNNER_STATUS_INVALID_ARGUMENT);
    CHECK(runner_history(runner, str("{\"nonsense\":1}"), &buffer) == RUNNER_STATUS_INVALID_ARGUMENT);
    CHECK(runner_plan(str("{}"), NULL) == RUNNER_STATUS_NULL_POINTER);
    CHECK(runner_plan(str("nonsense"), &buffer) == RUNNER_STATUS_OK);
    CHECK(runner_buffer_free(&buffer) == RUNNER_STATUS_OK);

    asked = request("e", "[1]", 0);
    CHECK(runner_run(runner, &asked, &buffer) == RUNNER_STATUS_OK);
    CHECK(has((char *)buffer.ptr, "\"code\":\"INVALID_ARGUMENT\""));
    CHECK(runner_buffer_free(&buffer) == RUNNER_STATUS_OK);
    show(dispatch(&host, runner, "e", "", 0));
    end(&host, runner);
}

/* Waiting sleeps: a timer of 300 ms costs the process next to no time. */
static void waits(void) {
    Host host;
    RunnerHandle runner = begin(&host, "addEventListener('e', (resolve) => setTimeout(resolve, 300))");
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    double start = now_ms();
    CHECK(has(dispatch(&host, runner, "e", "", 0), "resolved"));
    CHECK(now_ms() - start >= 300);
    getrusage(RUSAGE_SELF, &after);
    long spent = (after.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1000 +
                 (after.ru_utime.tv_usec - before.ru_utime.tv_usec) / 1000;
    CHECK(spent < 100 || getenv("ABI_TEST_SLOW"));
    end(&host, runner);
}

/* Many dispatches at once, some cancelled, and the end while they run. */
static void crowd(void) {
    Host host;
    RunnerHandle runner = begin(&host, "addEventListener('e', (resolve, reject, args) => {"
                                       "  if (args.n % 3) setTimeout(resolve, args.n % 7);"
                                       "  else for (;;) {} })");
    enum { COUNT = 60 };
    RunnerDispatch handles[COUNT];
    for (int n = 0; n < COUNT; n++) {
        char details[32];
        snprintf(details, sizeof details, "{\"n\":%d}", n);
        RunnerRequest asked = request("e", details, 0);
        CHECK(runner_dispatch(runner, &asked, on_done, &host, &handles[n]) == RUNNER_STATUS_OK);
    }
    for (int n = 0; n < COUNT; n += 6) runner_cancel(handles[n]);
    CHECK(runner_free(runner) == RUNNER_STATUS_OK);
    await(&host, &host.outcomes, COUNT);
    await(&host, &host.released, 1);
    CHECK(host.outcomes == COUNT);
}

/* What is resident and no file's, once the allocator has given back what nobody holds: else it says
 * which of its arenas the last threads were given. (`statm` is only near it: each processor counts
 * for itself.) */
static long resident_kb(void) {
    malloc_trim(0);
    char line[256];
    long resident = -1;
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    CHECK(file != NULL);
    while (fgets(line, sizeof line, file)) sscanf(line, "Anonymous: %ld", &resident);
    fclose(file);
    CHECK(resident >= 0);
    return resident;
}

/* What is allocated, in all of the allocator's arenas. */
static long held_bytes(void) {
    struct mallinfo2 all = mallinfo2();
    return (long)(all.uordblks + all.hblkhd);
}

/* The thread sanitizer has a thread of its own, and so has an emulator, whose test says so. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define OWN_THREADS 2
#endif
#endif
#ifndef OWN_THREADS
#define OWN_THREADS 1
#endif

/* The runtime's threads end soon after its last runner: nothing is left that a tool could find. */
static void await_threads(void) {
    for (;;) {
        char line[256];
        int threads = 0;
        FILE *file = fopen("/proc/self/status", "r");
        CHECK(file != NULL);
        while (fgets(line, sizeof line, file)) sscanf(line, "Threads: %d", &threads);
        fclose(file);
        if (threads <= OWN_THREADS) return;
        usleep(1000);
    }
}

/* One runner's life of so many dispatches. */
static void life(int count) {
    Host host;
    RunnerHandle runner = begin(&host, "addEventListener('e', async (resolve, reject, args) => {"
                                       "  CapacitorKV.set('k', JSON.stringify(args));"
                                       "  const r = await fetch('https://a/'); const t = await r.text();"
                                       "  setTimeout(() => {}, 1e6); if (args.n % 5 === 0) throw { t };"
                                       "  resolve(new URL('/' + t, 'https://b/').href) })");
    for (int n = 0; n < count; n++) {
        char details[32];
        snprintf(details, sizeof details, "{\"n\":%d}", n);
        CHECK(has(dispatch(&host, runner, "e", details, 0), n % 5 ? "https://b/hello" : "hello"));
    }
    end(&host, runner);
    await_threads();
}

/* Dispatches without end, near enough: memory does not grow. */
static void soak(int count) {
    life(count / 4);
    long warm = resident_kb(), held = held_bytes();
    life(count - count / 4);
    long grown = resident_kb() - warm, kept = held_bytes() - held;
    fprintf(stderr, "%d dispatches: after a quarter %ld kB resident and %ld bytes allocated; since then "
                    "%+ld kB and %+ld bytes\n", count, warm, held, grown, kept);
    /* The C library keeps a little for the threads that ended, however many dispatches there were. */
    CHECK(grown < 256 && kept < 16384);
}

static uint64_t dice;
static uint64_t roll(uint64_t sides) {
    dice ^= dice << 13, dice ^= dice >> 7, dice ^= dice << 17;
    return dice % sides;
}

static void ignore_done(void *data, RunnerDispatch dispatch, RunnerStr outcome) {
    (void)dispatch;
    CHECK(outcome.len > 0);
    change(data, &((Host *)data)->outcomes);
}

static void chaos_call(void *data, RunnerCall call, RunnerStr label, RunnerStr api,
                       RunnerStr method, RunnerStr args) {
    Host *host = data;
    (void)label, (void)api, (void)method, (void)args;
    pthread_mutex_lock(&host->lock);
    host->last_call = call;
    uint64_t way = roll(6);
    pthread_mutex_unlock(&host->lock);
    if (way == 0) runner_call_complete(call, str("{\"a\":[1,2]}"));
    if (way == 1) runner_call_complete(call, str("nonsense"));
    if (way == 2) runner_call_fail(call, str("{\"code\":\"X\",\"message\":\"m\"}"));
    if (way == 3) runner_call_chunk(call, str("piece")), runner_call_complete(call, str(""));
    if (way == 4) runner_call_fail(call, str("[")), runner_call_fail(call, str(""));
    /* or never */
}

/* Random calls with random arguments, from a seed; every dispatch that began has its outcome. */
static void chaos(uint64_t seed, int count) {
    static const char *const texts[] = {"", "e", "a", "{}", "[]", "{\"n\":1}", "null", "\xff", "{",
                                        "loop", "call", "{\"limit\":2}", "0"};
    enum { KINDS = sizeof texts / sizeof *texts, KEPT = 16 };
    Host host;
    RunnerHost functions = host_of(&host, "addEventListener('e', (resolve) => resolve({ a: 1 }));"
                                          "addEventListener('loop', () => { for (;;) {} });"
                                          "addEventListener('call', () => CapacitorApp.getInfo())");
    functions.call = chaos_call;
    uint64_t handles[KEPT] = {0};
    int begun = 0, made = 0;
    dice = seed * 2654435761u + 88172645463325252ull;
    for (int step = 0; step < count; step++) {
        uint64_t handle = roll(8) ? handles[roll(KEPT)] : roll(UINT64_MAX);
        uint64_t *slot = &handles[roll(KEPT)];
        RunnerStr text = str(texts[roll(KINDS)]);
        if (roll(20) == 0) text = (RunnerStr){NULL, roll(2) ? 5 : (size_t)-1};
        RunnerRequest asked = {.label = str(roll(9) ? "a" : "b"),
                               .event = roll(4) ? str(texts[1 + 8 * roll(2)]) : text,
                               .details = roll(3) ? str("") : text,
                               .timeout_ms = 1 + roll(20),
                               .grace_ms = roll(3),
                               .memory_limit = roll(5) ? 0 : roll(1 << 20)};
        RunnerBuffer buffer = {NULL, 0};
        switch (roll(12)) {
            case 0:
                if (runner_new(roll(9) ? &functions : NULL, roll(4) ? str(SETTINGS) : text,
                               roll(9) ? slot : NULL, &buffer) == RUNNER_STATUS_OK) made++;
                break;
            case 1: if (roll(3) == 0) runner_free(handle); break;
            case 2: case 3: case 4: case 5:
                if (runner_dispatch(handle, roll(9) ? &asked : NULL, roll(9) ? ignore_done : NULL,
                                    &host, roll(4) ? slot : NULL) == RUNNER_STATUS_OK) begun++;
                break;
            case 6: runner_cancel(handle); break;
            case 7: runner_call_complete(roll(2) ? host.last_call : handle, text); break;
            case 8: runner_call_head(roll(2) ? host.last_call : handle, text); break;
            case 9: runner_history(handle, text, roll(9) ? &buffer : NULL); break;
            case 10: runner_plan(text, roll(9) ? &buffer : NULL); break;
            case 11: runner_call_chunk(roll(2) ? host.last_call : handle, text); break;
        }
        CHECK(runner_buffer_free(&buffer) == RUNNER_STATUS_OK);
    }
    await(&host, &host.outcomes, begun);
    CHECK(host.outcomes == begun);
    (void)made;
    /* Runners whose handles were overwritten live until the process ends, with their host. */
    _exit(0);
}

int main(int count, char **arguments) {
    CHECK(count >= 2);
    const char *scenario = arguments[1];
    if (!strcmp(scenario, "examples")) examples(arguments[2]);
    else if (!strcmp(scenario, "script")) script(arguments[2]);
    else if (!strcmp(scenario, "deadline")) deadline();
    else if (!strcmp(scenario, "cancel")) cancel();
    else if (!strcmp(scenario, "stop")) stop();
    else if (!strcmp(scenario, "silent")) silent();
    else if (!strcmp(scenario, "faults")) faults();
    else if (!strcmp(scenario, "misuse")) misuse();
    else if (!strcmp(scenario, "endless")) endless();
    else if (!strcmp(scenario, "body")) body();
    else if (!strcmp(scenario, "compiler")) compiler();
    else if (!strcmp(scenario, "members")) members();
    else if (!strcmp(scenario, "waits")) waits();
    else if (!strcmp(scenario, "crowd")) crowd();
    else if (!strcmp(scenario, "soak")) soak(atoi(arguments[2]));
    else if (!strcmp(scenario, "storm")) storm(atoi(arguments[2]));
    else if (!strcmp(scenario, "chaos")) chaos(strtoull(arguments[2], NULL, 10), atoi(arguments[3]));
    else CHECK(!"a known scenario");
    await_threads();
    return 0;
}
