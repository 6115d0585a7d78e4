/* A whole app, as small as it gets: a script from memory, an event, its outcome on standard output. */

#include <stdio.h>
#include <string.h>

#include "runner.h"

static const char SCRIPT[] =
    "addEventListener('count', (resolve, reject, args) => {"
    "  const words = args.text.match(/\\p{L}+/gu);"
    "  const url = new URL('/a?b=' + words.length, 'https://example.org');"
    "  setTimeout(() => resolve({ words: words.length, power: String(2n ** 70n), url: url.href }), 5);"
    "});"
    "addEventListener('fail', () => { throw new TypeError('as it should'); });"
    "addEventListener('spin', () => { for (;;); });";

static RunnerStr str(const char *text) {
    return (RunnerStr){(const uint8_t *)text, strlen(text)};
}

static void load(void *data, RunnerCall call, RunnerStr path) {
    (void)data;
    (void)path;
    runner_call_chunk(call, str(SCRIPT));
    runner_call_complete(call, str(""));
}

/* Dispatches an event and looks for `wanted` in its outcome. */
static int dispatch(RunnerHandle runner, const char *event, const char *wanted) {
    RunnerRequest request = {.label = str("runner"), .event = str(event), .timeout_ms = 2000};
    request.details = str("{\"text\": \"eins zw\\u00f6lf drei\"}");
    RunnerBuffer outcome = {0};
    RunnerStatus status = runner_run(runner, &request, &outcome);
    char text[4096] = {0};
    memcpy(text, outcome.ptr, outcome.len < sizeof text ? outcome.len : sizeof text - 1);
    runner_buffer_free(&outcome);
    printf("%s: %d %s\n", event, (int)status, text);
    return status == RUNNER_STATUS_OK && strstr(text, wanted) != NULL ? 0 : 1;
}

int main(void) {
    RunnerHost host = {.abi_version = RUNNER_ABI_VERSION, .load = load};
    RunnerBuffer error = {0};
    RunnerHandle runner = 0;
    const char *settings =
        "{\"platform\": \"android\", \"config\": {\"label\": \"runner\", \"src\": \"runner.js\"}}";
    if (runner_new(&host, str(settings), &runner, &error) != RUNNER_STATUS_OK) {
        printf("%.*s\n", (int)error.len, (const char *)error.ptr);
        return 1;
    }
    int failures =
        dispatch(runner, "count",
                 "{\"words\":3,\"power\":\"1180591620717411303424\",\"url\":\"https://example.org/a?b=3\"}") +
        dispatch(runner, "fail", "as it should") + dispatch(runner, "spin", "DEADLINE_EXCEEDED");
    runner_free(runner);
    return failures;
}
