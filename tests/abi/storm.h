/* Many threads that dispatch, cancel, answer (late, twice, in pieces, never) and free at the same time. What must
 * hold whoever is first: every dispatch has one outcome, every question one end (an answer that was taken, or a
 * cancel), every host its release. */

#ifndef TEST_STORM_H
#define TEST_STORM_H

#include <stdatomic.h>
#include <unistd.h>

#include "host.h"

enum { SENDERS = 3, ANSWERERS = 2, SLOTS = 3, WAITING = 64 };

/* One life of a host: from runner_new to release. */
typedef struct Life {
    struct Storm *storm;
} Life;

typedef struct Storm {
    pthread_mutex_t lock;
    int count;                      /* dispatches of each sender */
    RunnerHandle runners[SLOTS];
    _Atomic RunnerDispatch last[SLOTS];
    RunnerCall waiting[WAITING];    /* questions for the answerers */
    int is_fetch[WAITING];
    _Atomic int made, released, begun, done, twice, asked, answered, cancelled, over;
} Storm;

static _Thread_local uint64_t luck;
static uint64_t chance(uint64_t sides) {
    if (luck == 0) luck = 88172645463325252ull ^ (uint64_t)(uintptr_t)&luck;
    luck ^= luck << 13, luck ^= luck >> 7, luck ^= luck << 17;
    return luck % sides;
}

static void pause_a_little(void) {
    if (chance(3) == 0) usleep(chance(500));
}

/* Counts an answer that was taken; another one has come too late. */
static void took(Storm *storm, RunnerStatus status) {
    CHECK(status == RUNNER_STATUS_OK || status == RUNNER_STATUS_STALE_HANDLE);
    if (status == RUNNER_STATUS_OK) storm->answered++;
}

static void answer_now(Storm *storm, RunnerCall call, int is_fetch) {
    RunnerStatus status;
    if (is_fetch) {
        runner_call_head(call, str("{\"status\":200,\"headers\":[[\"x\",\"1\"]]}"));
        pause_a_little();
        runner_call_chunk(call, str("piece"));
        pause_a_little();
    }
    if (chance(4) == 0) {
        status = runner_call_fail(call, str("{\"code\":\"X\",\"message\":\"m\"}"));
    } else {
        status = runner_call_complete(call, str(is_fetch ? "" : "1"));
    }
    took(storm, status);
    if (chance(3) == 0) {
        CHECK(runner_call_complete(call, str("2")) == RUNNER_STATUS_STALE_HANDLE);
        CHECK(runner_call_chunk(call, str("3")) == RUNNER_STATUS_STALE_HANDLE);
    }
}

/* Answers at once, leaves it to another thread, or to nobody. */
static void ask(Storm *storm, RunnerCall call, int is_fetch) {
    storm->asked++;
    switch (chance(6)) {
        case 0: return answer_now(storm, call, is_fetch);
        case 1: return;
    }
    pthread_mutex_lock(&storm->lock);
    int place = (int)chance(WAITING);
    RunnerCall before = storm->waiting[place];
    int before_is_fetch = storm->is_fetch[place];
    storm->waiting[place] = call;
    storm->is_fetch[place] = is_fetch;
    pthread_mutex_unlock(&storm->lock);
    if (before != 0) answer_now(storm, before, before_is_fetch);
}

static void storm_load(void *data, RunnerCall call, RunnerStr path) {
    Storm *storm = ((Life *)data)->storm;
    static const char *const source =
        "addEventListener('now', (resolve) => resolve(1));"
        "addEventListener('loop', () => { for (;;) {} });"
        "addEventListener('timer', (resolve) => { setTimeout(resolve, 2); console.log('set') });"
        "addEventListener('sync', (resolve) => { try { resolve(CapacitorApp.getInfo()) } catch (e) { resolve(e.code) } });"
        "addEventListener('async', async (resolve, reject, args, { signal }) => {"
        "  CapacitorNotifications.setBadge({ count: 1 });"
        "  const answers = ['a', 'b'].map((x) => fetch('https://a/' + x, { signal }).then((r) => r.text(), String));"
        "  resolve(await Promise.race(answers)) });";
    (void)path;
    storm->asked++;
    if (chance(20) == 0) return;
    runner_call_chunk(call, str(source));
    took(storm, runner_call_complete(call, str("")));
}

static void storm_call(void *data, RunnerCall call, RunnerStr label, RunnerStr api, RunnerStr method, RunnerStr args) {
    (void)label, (void)api, (void)method, (void)args;
    ask(((Life *)data)->storm, call, 0);
}

static void storm_fetch(void *data, RunnerCall call, RunnerStr request, RunnerStr body) {
    (void)request, (void)body;
    ask(((Life *)data)->storm, call, 1);
}

static void storm_cancelled(void *data, RunnerCall call) {
    ((Life *)data)->storm->cancelled++;
    CHECK(runner_call_complete(call, str("")) == RUNNER_STATUS_STALE_HANDLE);
}

static void storm_released(void *data) {
    ((Life *)data)->storm->released++;
    free(data);
}

typedef struct Sent {
    Storm *storm;
    atomic_int outcomes;
} Sent;

static void storm_done(void *data, RunnerDispatch dispatch, RunnerStr outcome) {
    Sent *sent = data;
    CHECK(dispatch != 0 && outcome.len > 0);
    if (sent->outcomes++ != 0) sent->storm->twice++;
    sent->storm->done++;
}

/* A runner of the slot, made when there is none. */
static RunnerHandle runner_of(Storm *storm, int slot) {
    pthread_mutex_lock(&storm->lock);
    RunnerHandle runner = storm->runners[slot];
    if (runner == 0) {
        Life *life = malloc(sizeof *life);
        CHECK(life != NULL);
        life->storm = storm;
        RunnerHost host = {.abi_version = RUNNER_ABI_VERSION,
                           .data = life,
                           .load = storm_load,
                           .call = storm_call,
                           .fetch = storm_fetch,
                           .cancel = storm_cancelled,
                           .release = storm_released};
        CHECK(runner_new(&host, str(SETTINGS), &runner, NULL) == RUNNER_STATUS_OK);
        storm->made++;
        storm->runners[slot] = runner;
    }
    pthread_mutex_unlock(&storm->lock);
    return runner;
}

static void free_runner(Storm *storm, int slot) {
    pthread_mutex_lock(&storm->lock);
    RunnerHandle runner = storm->runners[slot];
    storm->runners[slot] = 0;
    pthread_mutex_unlock(&storm->lock);
    if (runner != 0) CHECK(runner_free(runner) == RUNNER_STATUS_OK);
}

static void *send(void *data) {
    static const char *const events[] = {"now", "loop", "timer", "sync", "async", "async"};
    Storm *storm = data;
    Sent *sent = calloc((size_t)storm->count, sizeof *sent);
    CHECK(sent != NULL);
    for (int n = 0; n < storm->count; n++) {
        int slot = (int)chance(SLOTS);
        RunnerRequest asked = request(events[chance(6)], "", 1 + chance(40));
        asked.grace_ms = chance(3);
        sent[n].storm = storm;
        RunnerDispatch dispatch = 0;
        RunnerStatus status = runner_dispatch(runner_of(storm, slot), &asked, storm_done, &sent[n], &dispatch);
        /* Another thread may have freed the runner meanwhile. */
        CHECK(status == RUNNER_STATUS_OK || status == RUNNER_STATUS_STALE_HANDLE);
        if (status == RUNNER_STATUS_OK) {
            storm->begun++;
            storm->last[slot] = dispatch;
        }
        pause_a_little();
        RunnerBuffer records = {NULL, 0};
        switch (chance(8)) {
            case 0: runner_cancel(storm->last[chance(SLOTS)]); break;
            case 1: runner_cancel(dispatch), runner_cancel(dispatch); break;
            case 2: if (chance(4) == 0) free_runner(storm, slot); break;
            case 3: runner_history(runner_of(storm, slot), str("{\"limit\":2}"), &records); break;
            case 4: if (chance(4) == 0) runner_history_clear(runner_of(storm, slot)); break;
            case 5: runner_run(runner_of(storm, slot), &asked, &records); break;
        }
        runner_buffer_free(&records);
    }
    return sent;
}

static void *answer(void *data) {
    Storm *storm = data;
    while (!storm->over) {
        pthread_mutex_lock(&storm->lock);
        int place = (int)chance(WAITING);
        RunnerCall call = storm->waiting[place];
        int is_fetch = storm->is_fetch[place];
        storm->waiting[place] = 0;
        pthread_mutex_unlock(&storm->lock);
        if (call != 0) answer_now(storm, call, is_fetch);
        pause_a_little();
    }
    return NULL;
}

static void storm(int count) {
    static Storm storm;
    storm.count = count;
    pthread_mutex_init(&storm.lock, NULL);
    pthread_t senders[SENDERS], answerers[ANSWERERS];
    for (int n = 0; n < ANSWERERS; n++) CHECK(pthread_create(&answerers[n], NULL, answer, &storm) == 0);
    for (int n = 0; n < SENDERS; n++) CHECK(pthread_create(&senders[n], NULL, send, &storm) == 0);
    void *sent[SENDERS];
    for (int n = 0; n < SENDERS; n++) CHECK(pthread_join(senders[n], &sent[n]) == 0);
    for (int n = 0; n < SLOTS; n++) free_runner(&storm, n);
    while (storm.done < storm.begun || storm.released < storm.made) usleep(1000);
    storm.over = 1;
    for (int n = 0; n < ANSWERERS; n++) CHECK(pthread_join(answerers[n], NULL) == 0);
    for (int n = 0; n < SENDERS; n++) free(sent[n]);
    fprintf(stderr, "%d runners, %d dispatches, %d questions: %d answers were taken, %d cancelled\n", storm.made,
            storm.begun, storm.asked, storm.answered, storm.cancelled);
    CHECK(storm.twice == 0 && storm.done == storm.begun && storm.released == storm.made);
    CHECK(storm.asked == storm.answered + storm.cancelled);
}

#endif
