package io.ionic.backgroundrunner.tests

import io.ionic.backgroundrunner.core.AppInfo
import io.ionic.backgroundrunner.core.AppState
import io.ionic.backgroundrunner.core.BatteryStatus
import io.ionic.backgroundrunner.core.CapacitorApp
import io.ionic.backgroundrunner.core.CapacitorDevice
import io.ionic.backgroundrunner.core.CapacitorGeolocation
import io.ionic.backgroundrunner.core.CapacitorKV
import io.ionic.backgroundrunner.core.CapacitorKVGetResult
import io.ionic.backgroundrunner.core.CapacitorNotifications
import io.ionic.backgroundrunner.core.ConnectionType
import io.ionic.backgroundrunner.core.DeviceApis
import io.ionic.backgroundrunner.core.FetchReply
import io.ionic.backgroundrunner.core.FetchRequest
import io.ionic.backgroundrunner.core.GetCurrentPositionResult
import io.ionic.backgroundrunner.core.Host
import io.ionic.backgroundrunner.core.HostException
import io.ionic.backgroundrunner.core.Http
import io.ionic.backgroundrunner.core.LogRecord
import io.ionic.backgroundrunner.core.NetworkStatus
import io.ionic.backgroundrunner.core.NotificationBadgeOptions
import io.ionic.backgroundrunner.core.NotificationNumber
import io.ionic.backgroundrunner.core.NotificationScheduleOptions
import io.ionic.backgroundrunner.core.Outcome
import io.ionic.backgroundrunner.core.PendingNotification
import io.ionic.backgroundrunner.core.Request
import io.ionic.backgroundrunner.core.RunHistoryOptions
import io.ionic.backgroundrunner.core.RunOutcome
import io.ionic.backgroundrunner.core.Runner
import io.ionic.backgroundrunner.core.RunnerErrorCode
import io.ionic.backgroundrunner.core.RunnerException
import io.ionic.backgroundrunner.core.call
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import org.json.JSONArray
import org.json.JSONObject
import java.lang.management.ManagementFactory
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import javax.management.ObjectName

/** A device in memory, whose KV can be made to fail. */
open class TestDevice : DeviceApis {
    val store = ConcurrentHashMap<String, String>()
    val scheduled = CopyOnWriteArrayList<NotificationScheduleOptions>()

    override fun capacitorDevice(label: String) =
        object : CapacitorDevice {
            override fun getBatteryStatus() = BatteryStatus(0.5, true)

            override fun getNetworkStatus() = NetworkStatus(true, ConnectionType.WIFI)
        }

    override fun capacitorKV(label: String): CapacitorKV =
        object : CapacitorKV {
            override fun set(
                key: String,
                value: String,
            ) {
                store["$label/$key"] = value
            }

            override fun get(key: String) = store["$label/$key"]?.let { CapacitorKVGetResult(it) }

            override fun remove(key: String) {
                store.remove("$label/$key")
            }
        }

    override fun capacitorNotifications(label: String) =
        object : CapacitorNotifications {
            override fun schedule(options: List<NotificationScheduleOptions>) {
                scheduled.addAll(options)
            }

            override fun getPending() = emptyList<PendingNotification>()

            override fun cancel(notifications: List<NotificationNumber>) = Unit

            override fun setBadge(options: NotificationBadgeOptions) = throw HostException("PERMISSION_DENIED", "the user said no")

            override fun clearBadge() = throw IllegalStateException("boom")
        }

    override fun capacitorGeolocation(label: String) =
        object : CapacitorGeolocation {
            override fun getCurrentPosition(): GetCurrentPositionResult? = null
        }

    override fun capacitorApp(label: String) =
        object : CapacitorApp {
            override fun getState() = AppState(false)

            override fun getInfo() = AppInfo("Test 🏃", "com.example", "7", "1.2.3")
        }
}

/** A host whose only file is the given source. */
open class TestHost(
    private val source: String,
    val device: TestDevice = TestDevice(),
) : Host {
    val logs = CopyOnWriteArrayList<LogRecord>()

    override suspend fun load(path: String): ByteArray? = if (path == "runner.js") source.toByteArray() else null

    override suspend fun call(
        label: String,
        api: String,
        method: String,
        args: JSONArray,
    ): Any? = device.call(label, api, method, args)

    override suspend fun fetch(
        request: FetchRequest,
        reply: FetchReply,
    ) = Http().fetch(request, reply)

    override fun log(record: LogRecord) {
        logs.add(record)
    }
}

fun settings(src: String = "runner.js"): JSONObject =
    JSONObject().put("platform", "android").put("config", JSONObject().put("label", "test").put("src", src))

/** Dispatches `event` to a runner that is the source, and ends the runner. */
suspend fun run(
    source: String,
    details: JSONObject? = null,
    host: TestHost = TestHost("addEventListener('event', $source)"),
    timeoutMs: Long = 0,
): Outcome = Runner(settings(), host).use { it.dispatch(Request("test", "event", details, timeoutMs = timeoutMs)) }

private suspend fun value(source: String): Any? = run(source).orThrow()

private suspend fun code(source: String): RunnerErrorCode? = run(source).error?.code

val runtimeTests: Tests =
    mapOf(
        "any_json_value_comes_back" to {
            assertEquals("héllo 🏃 \u0000 end", value("(resolve) => resolve('héllo 🏃 \\0 end')"))
            assertEquals("""{"a":[1,2.5,"x",true,null]}""", value("(resolve) => resolve({ a: [1, 2.5, 'x', true, null] })").toString())
            assertEquals("[[],{}]", value("(resolve) => resolve([[], {}])").toString())
            assertEquals(7, value("(resolve) => resolve(7)"))
            assertEquals(false, value("(resolve) => resolve(false)"))
            assertEquals(null, value("(resolve) => resolve(null)"))
        },
        "null_is_not_the_same_as_no_value" to {
            assertEquals(JSONObject.NULL, run("(resolve) => resolve(null)").json)
            assertEquals(null, run("(resolve) => resolve()").json)
        },
        "details_reach_the_handler" to {
            val details = JSONObject("""{"name": "你好 🏃 \u0000", "list": [1, {"deep": null}]}""")
            val outcome = run("(resolve, reject, args) => resolve(args)", details)
            assertEquals(details.toString(), outcome.orThrow().toString())
            assertEquals("{}", run("(resolve, reject, args) => resolve(args)").orThrow().toString())
        },
        "failures_have_codes" to {
            assertEquals(RunnerErrorCode.REJECTED, code("(resolve, reject) => reject(new Error('no'))"))
            assertEquals(RunnerErrorCode.EXCEPTION, code("() => { throw { code: 1 } }"))
            assertEquals(RunnerErrorCode.NEVER_SETTLED, code("() => {}"))
            assertEquals(RunnerErrorCode.NOT_SERIALIZABLE, code("(resolve) => resolve(1n)"))
            assertEquals(RunnerErrorCode.SCRIPT_ERROR, code("() => {})) ((("))
            assertEquals(RunnerErrorCode.EVENT_NOT_FOUND, run("", host = TestHost("")).error?.code)
        },
        "an_error_keeps_what_the_script_said" to {
            val source = "(resolve, reject) => reject(Object.assign(new TypeError('no 🏃'), { code: 'E_NO', cause: [1] }))"
            val error = run(source).error ?: error("it resolved")
            assertEquals("no 🏃", error.message)
            assertEquals("TypeError", error.scriptName)
            assertEquals("E_NO", error.scriptCode)
            assertEquals("[1]", error.scriptCause.toString())
            assertContains("runner.js", error.scriptStack.orEmpty())
            assertEquals("REJECTED", error.toJson().getString("code"))
        },
        "an_unknown_runner_and_a_missing_file_have_codes" to {
            Runner(settings(), TestHost("")).use {
                assertEquals(RunnerErrorCode.RUNNER_NOT_FOUND, it.dispatch(Request("other", "event")).error?.code)
                assertEquals(RunnerErrorCode.INVALID_ARGUMENT, it.dispatch(Request("test", "")).error?.code)
            }
            Runner(settings("nowhere.js"), TestHost("")).use {
                val error = it.dispatch(Request("test", "event")).error
                assertEquals(RunnerErrorCode.SOURCE_NOT_FOUND, error?.code)
                assertContains("nowhere.js", error?.message.orEmpty())
            }
        },
        "bad_settings_are_thrown" to {
            val twice = JSONArray().put(JSONObject().put("label", "a").put("src", "b")).put(JSONObject().put("label", "a").put("src", "c"))
            val bad = JSONObject().put("platform", "android").put("config", JSONObject().put("runners", twice))
            val error = assertThrows<RunnerException> { Runner(bad, TestHost("")) }
            assertEquals(RunnerErrorCode.INVALID_ARGUMENT, error.code)
            assertContains("`a`", error.message.orEmpty())
        },
        "cancelling_the_coroutine_stops_the_script" to {
            val running = CompletableDeferred<Unit>()
            val host =
                object : TestHost("addEventListener('event', () => { console.log('running'); for (;;) {} })") {
                    override fun log(record: LogRecord) {
                        running.complete(Unit)
                    }
                }
            Runner(settings(), host).use { runner ->
                coroutineScope {
                    val job = launch(Dispatchers.Default) { runner.dispatch(Request("test", "event")) }
                    running.await()
                    job.cancelAndJoin()
                }
                // The coroutine is gone at once; the run ends, and is recorded, right after it.
                val records = generateSequence { runner.history() }.first { it.isNotEmpty() }
                assertEquals(RunnerErrorCode.CANCELLED, records.single().errorCode)
            }
        },
        "a_dispatch_can_be_cancelled_twice_and_late" to {
            val outcome = CompletableDeferred<Outcome>()
            Runner(settings(), TestHost("addEventListener('event', () => { for (;;) {} })")).use { runner ->
                val dispatch = runner.start(Request("test", "event")) { outcome.complete(it) }
                dispatch.cancel()
                dispatch.cancel()
                assertEquals(RunnerErrorCode.CANCELLED, outcome.await().error?.code)
                dispatch.cancel()
            }
        },
        "the_deadline_interrupts_a_loop" to {
            val outcome = run("() => { for (;;) {} }", timeoutMs = 200)
            assertEquals(RunnerErrorCode.DEADLINE_EXCEEDED, outcome.error?.code)
        },
        "closing_cancels_and_refuses" to {
            val runner = Runner(settings(), TestHost("addEventListener('event', () => { for (;;) {} })"))
            val outcome = CompletableDeferred<Outcome>()
            runner.start(Request("test", "event")) { outcome.complete(it) }
            runner.close()
            runner.close()
            assertEquals(RunnerErrorCode.CANCELLED, outcome.await().error?.code)
            assertThrows<RunnerException> { runner.dispatch(Request("test", "event")) }
        },
        "device_apis_are_typed" to {
            val source =
                """async (resolve) => {
                  CapacitorKV.set('ключ', 'значение 🏃 \0');
                  resolve([
                    CapacitorKV.get('ключ'), CapacitorKV.get('none'), CapacitorDevice.getNetworkStatus(),
                    CapacitorDevice.getBatteryStatus(), CapacitorGeolocation.getCurrentPosition(), CapacitorApp.getInfo().name,
                  ]);
                }"""
            val found = value(source) as JSONArray
            assertEquals("значение 🏃 \u0000", found.getJSONObject(0).getString("value"))
            assertEquals(true, found.isNull(1))
            assertEquals("""{"connected":true,"connectionType":"wifi"}""", found.getJSONObject(2).toString())
            assertEquals("""{"batteryLevel":0.5,"isCharging":true}""", found.getJSONObject(3).toString())
            assertEquals(true, found.isNull(4))
            assertEquals("Test 🏃", found.getString(5))
        },
        "notifications_arrive_with_every_option" to {
            val host =
                TestHost(
                    """addEventListener('event', (resolve) => {
                      CapacitorNotifications.schedule([{
                        id: 7, title: 't', body: 'b', scheduleAt: new Date(1700000000123), sound: 's', actionTypeId: 'a', group: 'g',
                        groupSummary: 'true', extra: { deep: [1] }, ongoing: true, autoCancel: false, largeBody: 'l', summaryText: 'y',
                        smallIcon: 'i', largeIcon: 'j', channelId: 'c', threadIdentifier: 'h', summaryArgument: 'm',
                      }]);
                      resolve();
                    })""",
                )
            run("", host = host).orThrow()
            val expected =
                """{"id":7,"title":"t","body":"b","scheduleAt":"2023-11-14T22:13:20.123Z","sound":"s","actionTypeId":"a",""" +
                    """"threadIdentifier":"h","summaryArgument":"m","group":"g","groupSummary":"true","extra":{"deep":[1]},""" +
                    """"ongoing":true,"autoCancel":false,"largeBody":"l","summaryText":"y","smallIcon":"i","largeIcon":"j","channelId":"c"}"""
            assertEquals(
                expected,
                host.device.scheduled
                    .single()
                    .toJson()
                    .toString(),
            )
        },
        "what_the_host_throws_reaches_the_script" to {
            val source =
                """(resolve) => {
                  const seen = [];
                  try { CapacitorNotifications.clearBadge() } catch (e) { seen.push(e instanceof Error, e.code, e.message) }
                  try { CapacitorNotifications.setBadge({ count: 1 }) } catch (e) { seen.push(e.code, e.message) }
                  resolve(seen);
                }"""
            assertEquals("""[true,"HOST_ERROR","boom","PERMISSION_DENIED","the user said no"]""", value(source).toString())
        },
        "a_host_that_throws_at_once_is_an_answer" to {
            val host =
                object : TestHost("") {
                    override suspend fun load(path: String): ByteArray? = throw OutOfMemoryError("full")
                }
            val error = run("", host = host).error
            assertContains("full", error?.message.orEmpty())
        },
        "a_cancelled_call_cancels_the_host" to {
            val cancelled = CompletableDeferred<Unit>()
            val host =
                object : TestHost("addEventListener('event', () => { CapacitorKV.get('x') })") {
                    override suspend fun call(
                        label: String,
                        api: String,
                        method: String,
                        args: JSONArray,
                    ): Any? =
                        try {
                            awaitCancellation()
                        } finally {
                            cancelled.complete(Unit)
                        }
                }
            // Long enough for the host to be asked on a busy machine, too.
            assertEquals(RunnerErrorCode.DEADLINE_EXCEEDED, run("", host = host, timeoutMs = 3000).error?.code)
            cancelled.await()
        },
        "logs_arrive_with_their_run" to {
            val host = TestHost("addEventListener('event', (resolve) => { console.warn('a', { b: '🏃' }); resolve() })")
            val outcome = run("", host = host)
            val record = host.logs.single()
            assertEquals("warn", record.level.value)
            assertContains("🏃", record.text)
            assertEquals(outcome.dispatchId.toDouble(), record.dispatchId)
            assertEquals("test event", "${record.label} ${record.event}")
        },
        "a_log_that_throws_fails_nothing" to {
            val host =
                object : TestHost("addEventListener('event', (resolve) => { console.log('x'); resolve(1) })") {
                    override fun log(record: LogRecord) = throw IllegalStateException("no log")
                }
            assertEquals(1, run("", host = host).orThrow())
        },
        "a_listener_that_throws_ends_nothing" to {
            Runner(settings(), TestHost("addEventListener('event', (resolve) => resolve(1))")).use { runner ->
                runner.start(Request("test", "event")) { error("the listener is broken") }
                assertEquals(1, runner.dispatch(Request("test", "event")).orThrow())
            }
        },
        "many_dispatches_run_at_once" to {
            val source = "addEventListener('event', (resolve, reject, { n }) => setTimeout(() => resolve(n), 20))"
            Runner(settings(), TestHost(source)).use { runner ->
                val found =
                    withContext(Dispatchers.Default) {
                        (0 until 50)
                            .map { n -> async { runner.dispatch(Request("test", "event", JSONObject().put("n", n))).orThrow() } }
                            .awaitAll()
                    }
                assertEquals((0 until 50).toList(), found)
            }
        },
        "history_remembers" to {
            val source = "addEventListener('event', (resolve, reject) => { console.log('hi'); reject('no') })"
            Runner(settings(), TestHost(source)).use { runner ->
                val outcome = runner.dispatch(Request("test", "event"))
                val record = runner.history().single()
                assertEquals("test event native", "${record.label} ${record.event} ${record.trigger.value}")
                assertEquals(RunOutcome.FAILED, record.outcome)
                assertEquals(RunnerErrorCode.REJECTED, record.errorCode)
                assertEquals("no", record.errorMessage)
                assertEquals(outcome.dispatchId.toDouble(), record.dispatchId)
                assertEquals("hi", record.logs.single().text)
                assertEquals(0, runner.history(RunHistoryOptions(outcome = RunOutcome.RESOLVED)).size)
                runner.clearHistory()
                assertEquals(0, runner.history().size)
            }
        },
        "plans_cross" to {
            val config = JSONObject("""{"label":"test","src":"a.js","event":"e","repeat":true,"interval":5,"autoStart":true}""")
            val input = JSONObject("""{"platform":"android","nowMs":0,"trigger":{"type":"start"}}""").put("config", config)
            val plan = Runner.plan(input)
            val submit = plan.getJSONArray("submit").getJSONObject(0)
            assertEquals("test/e", submit.getString("name"))
            assertEquals(900_000L, submit.getLong("intervalMs"))
            assertEquals(true, Runner.plan(JSONObject()).has("error"))
        },
        "ten_thousand_dispatches_leave_no_references" to {
            val source = "addEventListener('event', (resolve) => { CapacitorKV.set('a', 'b'); console.log('x'); resolve({ a: 1 }) })"
            Runner(settings(), TestHost(source)).use { runner ->
                repeat(200) { runner.dispatch(Request("test", "event")).orThrow() }
                val before = globalReferences()
                repeat(10_000) { runner.dispatch(Request("test", "event")).orThrow() }
                val after = globalReferences()
                check(after <= before + 20) { "$before global references became $after" }
            }
        },
    )

/** What the virtual machine counts: `JNI global refs: 17, weak refs: 0`. */
private suspend fun globalReferences(): Int {
    yield()
    val name = ObjectName("com.sun.management:type=DiagnosticCommand")
    val signature = arrayOf(Array<String>::class.java.name)
    val threads = ManagementFactory.getPlatformMBeanServer().invoke(name, "threadPrint", arrayOf(emptyArray<String>()), signature)
    val count = Regex("""JNI global refs: (\d+)""").find(threads.toString()) ?: error("no count in the dump")
    return count.groupValues[1].toInt()
}
