/* A large body, sent by a thread that waits when it is told to. */

#ifndef TEST_BODY_H
#define TEST_BODY_H

#include <sys/resource.h>

#include "host.h"

/* The memory limit of the script that reads it. */
#define BODY_LIMIT (16 << 20)

static uint64_t body_size;
static RunnerCall body_call;
static int resumes;

static void on_resume(void *data, RunnerCall call) {
    CHECK(call == body_call);
    change(data, &resumes);
}

static void *send_body(void *data) {
    static uint8_t piece[1 << 16];
    Host *host = data;
    int waits = 0;
    CHECK(runner_call_head(body_call, str("{\"status\":200}")) == RUNNER_STATUS_OK);
    for (uint64_t sent = 0; sent < body_size; sent += sizeof piece) {
        RunnerStatus status = runner_call_chunk(body_call, (RunnerStr){piece, sizeof piece});
        CHECK(status == RUNNER_STATUS_OK || status == RUNNER_STATUS_WAIT);
        /* The call to go on may have come before the answer to wait. */
        if (status == RUNNER_STATUS_WAIT) await(host, &resumes, ++waits);
    }
    CHECK(runner_call_complete(body_call, str("")) == RUNNER_STATUS_OK);
    CHECK(waits == 0 ? resumes == 0 : resumes == waits);
    CHECK(waits > 0);
    change(host, &host->begun);
    return NULL;
}

static void body_fetch(void *data, RunnerCall call, RunnerStr request, RunnerStr body) {
    (void)request, (void)body;
    pthread_t thread;
    body_call = call;
    CHECK(pthread_create(&thread, NULL, send_body, data) == 0);
    pthread_detach(thread);
}

static long peak_kb(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* A script that reads more slowly than the host sends holds no more than a window of a body of a gigabyte. */
static void body(void) {
    int slow = getenv("ABI_TEST_SLOW") != NULL;
    body_size = slow ? 4 << 20 : 1 << 30;
    Host host;
    RunnerHost functions = host_of(
        &host, "addEventListener('e', async (resolve) => { let n = 0, pieces = 0;"
               "  for await (const piece of (await fetch('https://a/')).body) {"
               "    n += piece.length;"
               "    if (pieces++ % 1000 === 10) await new Promise((done) => setTimeout(done, 1));"
               "  }"
               "  resolve(n) })");
    functions.fetch = body_fetch;
    functions.resume = on_resume;
    RunnerHandle runner = 0;
    CHECK(runner_new(&functions, str(SETTINGS), &runner, NULL) == RUNNER_STATUS_OK);
    long before = peak_kb();
    RunnerRequest asked = request("e", "", 300000);
    asked.memory_limit = BODY_LIMIT;
    CHECK(runner_dispatch(runner, &asked, on_done, &host, NULL) == RUNNER_STATUS_OK);
    await(&host, &host.outcomes, 1);
    await(&host, &host.begun, 1);
    char expected[64];
    snprintf(expected, sizeof expected, "\"value\":%llu,", (unsigned long long)body_size);
    CHECK(strstr(host.outcome, expected) != NULL);
#ifndef __SANITIZE_ADDRESS__
    CHECK(slow || peak_kb() - before < (BODY_LIMIT + (24 << 20)) >> 10);
#endif
    (void)before;
    end(&host, runner);
}

#endif
