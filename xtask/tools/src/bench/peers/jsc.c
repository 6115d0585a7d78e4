/* One cold dispatch after another in JavaScriptCore, a context each in one virtual machine, as an
 * iOS app would do it (run with JSC_useJIT=0). Prints CPU microseconds as a JSON array. */
#include <JavaScriptCore/JavaScript.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static JSObjectRef handler;
static char outcome[4096];

static double cpu_microseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static JSValueRef nothing(JSContextRef c, JSObjectRef f, JSObjectRef t, size_t n,
                          const JSValueRef a[], JSValueRef *e) {
  (void)f, (void)t, (void)n, (void)a, (void)e;
  return JSValueMakeUndefined(c);
}

static JSValueRef add_listener(JSContextRef c, JSObjectRef f, JSObjectRef t, size_t n,
                               const JSValueRef a[], JSValueRef *e) {
  (void)f, (void)t, (void)e;
  if (n > 1) {
    handler = JSValueToObject(c, a[1], NULL);
    JSValueProtect(c, handler);
  }
  return JSValueMakeUndefined(c);
}

static JSValueRef resolve(JSContextRef c, JSObjectRef f, JSObjectRef t, size_t n,
                          const JSValueRef a[], JSValueRef *e) {
  (void)f, (void)t;
  JSStringRef json = n > 0 ? JSValueCreateJSONString(c, a[0], 0, e) : NULL;
  if (json) {
    JSStringGetUTF8CString(json, outcome, sizeof outcome);
    JSStringRelease(json);
  }
  return JSValueMakeUndefined(c);
}

static void set(JSContextRef c, JSObjectRef on, const char *name, JSValueRef value) {
  JSStringRef s = JSStringCreateWithUTF8CString(name);
  JSObjectSetProperty(c, on, s, value, kJSPropertyAttributeNone, NULL);
  JSStringRelease(s);
}

static void function(JSContextRef c, JSObjectRef on, const char *name,
                     JSObjectCallAsFunctionCallback callback) {
  JSStringRef s = JSStringCreateWithUTF8CString(name);
  set(c, on, name, JSObjectMakeFunctionWithCallback(c, s, callback));
  JSStringRelease(s);
}

static void object(JSContextRef c, JSObjectRef global, const char *name, const char *methods) {
  JSObjectRef api = JSObjectMake(c, NULL, NULL);
  char list[256], *save = NULL;
  snprintf(list, sizeof list, "%s", methods);
  for (char *m = strtok_r(list, " ", &save); m; m = strtok_r(NULL, " ", &save))
    function(c, api, m, nothing);
  set(c, global, name, api);
}

static void install(JSContextRef c) {
  static const char *functions[] = {"setTimeout",   "setInterval", "clearTimeout",
                                    "clearInterval", "fetch",       "TextEncoder",
                                    "TextDecoder"};
  JSObjectRef global = JSContextGetGlobalObject(c);
  function(c, global, "addEventListener", add_listener);
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    function(c, global, functions[i], nothing);
  object(c, global, "console", "debug error info log warn");
  object(c, global, "crypto", "getRandomValues randomUUID");
  object(c, global, "CapacitorDevice", "getBatteryStatus getNetworkStatus");
  object(c, global, "CapacitorKV", "set get remove");
  object(c, global, "CapacitorNotifications", "schedule setBadge clearBadge");
  object(c, global, "CapacitorGeolocation", "getCurrentPosition");
  object(c, global, "CapacitorApp", "getState getInfo");
}

static char *read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) fail("the runner cannot be read");
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  char *text = malloc((size_t)size + 1);
  if (!text || fread(text, 1, (size_t)size, file) != (size_t)size) fail("the runner cannot be read");
  text[size] = 0;
  fclose(file);
  return text;
}

static void dispatch(JSContextGroupRef group, const char *source, const char *details) {
  JSGlobalContextRef c = JSGlobalContextCreateInGroup(group, NULL);
  install(c);
  JSStringRef script = JSStringCreateWithUTF8CString(source);
  JSValueRef thrown = NULL;
  JSEvaluateScript(c, script, NULL, NULL, 1, &thrown);
  JSStringRelease(script);
  if (thrown || !handler) fail("the runner did not register a handler");
  JSStringRef json = JSStringCreateWithUTF8CString(details);
  JSValueRef arguments[] = {JSObjectMakeFunctionWithCallback(c, NULL, resolve),
                            JSObjectMakeFunctionWithCallback(c, NULL, nothing),
                            JSValueMakeFromJSONString(c, json)};
  JSStringRelease(json);
  outcome[0] = 0;
  JSObjectCallAsFunction(c, handler, NULL, 3, arguments, &thrown);
  JSValueUnprotect(c, handler);
  handler = NULL;
  JSGlobalContextRelease(c);
  if (!strstr(outcome, "HELLO")) fail("wrong outcome");
}

int main(int count, char **arguments) {
  if (count != 5) fail("usage: jsc FILE EVENT DETAILS RUNS");
  char *source = read_file(arguments[1]);
  int runs = atoi(arguments[4]);
  JSContextGroupRef group = JSContextGroupCreate();
  for (int run = 0; run < runs; run++) {
    double start = cpu_microseconds();
    dispatch(group, source, arguments[3]);
    printf("%c%.1f", run ? ',' : '[', cpu_microseconds() - start);
  }
  puts("]");
  return 0;
}
