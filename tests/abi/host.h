/* A host in memory, and a place where a test waits for outcomes. */

#ifndef TEST_HOST_H
#define TEST_HOST_H

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

#define CHECK(condition)                                                        \
    do {                                                                        \
        if (!(condition)) {                                                     \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            exit(1);                                                            \
        }                                                                       \
    } while (0)

/* What the host hears and says; every test fills it anew. */
typedef struct Host {
    pthread_mutex_t lock;
    pthread_cond_t change;
    const char *source;      /* the text of every file */
    int silent;              /* never answers a call */
    int begun;               /* log lines and calls so far */
    int cancelled;           /* calls that were taken back */
    int released;
    RunnerCall last_call;
    char seen[4096];         /* the last call: api.method(args) */
    int outcomes;
    char outcome[1 << 16];   /* the last outcome */
    RunnerDispatch dispatch; /* and whose it is */
} Host;

static RunnerStr str(const char *text) {
    return (RunnerStr){(const uint8_t *)text, strlen(text)};
}

static void change(Host *host, int *count) {
    pthread_mutex_lock(&host->lock);
    *count += 1;
    pthread_cond_broadcast(&host->change);
    pthread_mutex_unlock(&host->lock);
}

static void await(Host *host, int *count, int least) {
    pthread_mutex_lock(&host->lock);
    while (*count < least) pthread_cond_wait(&host->change, &host->lock);
    pthread_mutex_unlock(&host->lock);
}

static void on_load(void *data, RunnerCall call, RunnerStr path) {
    Host *host = data;
    if (host->source == NULL) {
        runner_call_fail(call, str("{\"code\":\"NOT_FOUND\",\"message\":\"no such file\"}"));
        return;
    }
    (void)path;
    size_t half = strlen(host->source) / 2;
    CHECK(runner_call_chunk(call, (RunnerStr){(const uint8_t *)host->source, half}) == 0);
    CHECK(runner_call_chunk(call, str(host->source + half)) == 0);
    CHECK(runner_call_complete(call, str("")) == RUNNER_STATUS_OK);
}

static void on_call(void *data, RunnerCall call, RunnerStr label, RunnerStr api, RunnerStr method,
                    RunnerStr args) {
    Host *host = data;
    (void)label;
    pthread_mutex_lock(&host->lock);
    snprintf(host->seen, sizeof host->seen, "%.*s.%.*s(%.*s)", (int)api.len, (char *)api.ptr,
             (int)method.len, (char *)method.ptr, (int)args.len, (char *)args.ptr);
    host->last_call = call;
    pthread_mutex_unlock(&host->lock);
    if (!host->silent) CHECK(runner_call_complete(call, str("")) == RUNNER_STATUS_OK);
    change(host, &host->begun);
}

static void on_fetch(void *data, RunnerCall call, RunnerStr request, RunnerStr body) {
    Host *host = data;
    (void)request;
    (void)body;
    if (!host->silent) {
        CHECK(runner_call_head(call, str("{\"status\":200,\"statusText\":\"OK\",\"url\":\"https://a/\","
                                         "\"redirected\":false,\"headers\":[[\"x\",\"1\"]]}")) == 0);
        CHECK(runner_call_chunk(call, str("he")) == 0);
        CHECK(runner_call_chunk(call, str("llo")) == 0);
        CHECK(runner_call_complete(call, str("")) == RUNNER_STATUS_OK);
    }
    change(host, &host->begun);
}

static void on_cancel(void *data, RunnerCall call) {
    (void)call;
    change(data, &((Host *)data)->cancelled);
}

static void on_log(void *data, const RunnerLog *record) {
    CHECK(record->text.len > 0 && record->dispatch_id > 0);
    change(data, &((Host *)data)->begun);
}

static void on_release(void *data) {
    change(data, &((Host *)data)->released);
}

static void on_done(void *data, RunnerDispatch dispatch, RunnerStr outcome) {
    Host *host = data;
    pthread_mutex_lock(&host->lock);
    CHECK(outcome.len < sizeof host->outcome);
    memcpy(host->outcome, outcome.ptr, outcome.len);
    host->outcome[outcome.len] = 0;
    host->dispatch = dispatch;
    pthread_mutex_unlock(&host->lock);
    change(host, &host->outcomes);
}

static const char *const SETTINGS =
    "{\"platform\":\"ios\",\"config\":{\"label\":\"a\",\"src\":\"runner.js\"},\"maxConcurrent\":2}";

static RunnerHost table(Host *host) {
    return (RunnerHost){.abi_version = RUNNER_ABI_VERSION,
                        .data = host,
                        .load = on_load,
                        .call = on_call,
                        .fetch = on_fetch,
                        .cancel = on_cancel,
                        .log = on_log,
                        .release = on_release};
}

/* A host whose files have this source, and what it offers. */
static RunnerHost host_of(Host *host, const char *source) {
    memset(host, 0, sizeof *host);
    pthread_mutex_init(&host->lock, NULL);
    pthread_cond_init(&host->change, NULL);
    host->source = source;
    return table(host);
}

/* Runners whose files have this source. */
static RunnerHandle begin(Host *host, const char *source) {
    RunnerHost functions = host_of(host, source);
    RunnerHandle runner = 0;
    CHECK(runner_new(&functions, str(SETTINGS), &runner, NULL) == RUNNER_STATUS_OK);
    return runner;
}

/* Frees the runners and waits until the runtime has let go of the host. */
static void end(Host *host, RunnerHandle runner) {
    CHECK(runner_free(runner) == RUNNER_STATUS_OK);
    CHECK(runner_free(runner) == RUNNER_STATUS_STALE_HANDLE);
    await(host, &host->released, 1);
    pthread_cond_destroy(&host->change);
    pthread_mutex_destroy(&host->lock);
}

static RunnerRequest request(const char *event, const char *details, uint64_t timeout_ms) {
    return (RunnerRequest){.label = str("a"),
                           .event = str(event),
                           .details = str(details),
                           .trigger = str("app"),
                           .timeout_ms = timeout_ms};
}

/* Dispatches, waits, and gives the outcome's JSON. */
static const char *dispatch(Host *host, RunnerHandle runner, const char *event,
                            const char *details, uint64_t timeout_ms) {
    RunnerRequest asked = request(event, details, timeout_ms);
    RunnerDispatch handle = 0;
    int before = host->outcomes;
    CHECK(runner_dispatch(runner, &asked, on_done, host, &handle) == RUNNER_STATUS_OK);
    CHECK(handle != 0);
    await(host, &host->outcomes, before + 1);
    CHECK(host->dispatch == handle);
    return host->outcome;
}

#endif
