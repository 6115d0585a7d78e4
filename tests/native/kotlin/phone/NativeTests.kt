package io.ionic.backgroundrunner.device

import android.content.Context
import android.os.Handler
import android.os.Looper
import android.util.Log
import androidx.core.app.NotificationCompat
import androidx.work.OutOfQuotaPolicy
import androidx.work.WorkInfo
import io.ionic.backgroundrunner.BackgroundRunner
import io.ionic.backgroundrunner.core.HostException
import io.ionic.backgroundrunner.core.Outcome
import io.ionic.backgroundrunner.core.Request
import io.ionic.backgroundrunner.core.RunnerException
import io.ionic.backgroundrunner.tests.assertEquals
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.runBlocking
import org.json.JSONObject
import java.util.concurrent.CountDownLatch
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

/** Collects what a callback hears. */
class Heard : BackgroundRunner.Callback {
    private val calls = LinkedBlockingQueue<String>()

    override fun done(
        value: Any?,
        error: RunnerException?,
    ) {
        calls.add(error?.code?.value ?: value.toString())
    }

    fun next(): String = checkNotNull(calls.poll(30, TimeUnit.SECONDS)) { "nothing is heard" }

    val isSilent get() = calls.isEmpty()
}

/** What native code of the app gets for an event. */
fun Phone.native(
    event: String,
    details: JSONObject? = null,
): String = Heard().also { BackgroundRunner.dispatch(context, LABEL_OF_ALL, event, details, it) }.next()

private const val LABEL_OF_ALL = Phone.LABEL

/** The work that keeps the process at a run of native code. */
private fun Phone.kept(): WorkInfo =
    works.works.single { it.name.startsWith("io.ionic.backgroundrunner.dispatch/") && !it.state.isFinished }

/** What an app's manifest may name. */
class Provider : BackgroundRunner.FunctionProvider {
    override fun register(context: Context) = BackgroundRunner.register("Contacts", "provided") { _, _ -> "by a provider" }
}

private fun declared(vararg names: String): String {
    val methods =
        names.joinToString(",") { """{"name":"$it","params":[],"returns":"any","async":false,"property":false,"platforms":[]}""" }
    return """[{"name":"Contacts","short":"contacts","platforms":[],"methods":[$methods]}]"""
}

val nativeTests: PhoneTests =
    mapOf(
        // One process serves all tests: what would stay in it is known, and forgotten when a test's app is over.
        "a_process_keeps_only_what_ends_with_it" to {
            // The first is emptied with the process; nothing can be put into the second; the third is a thread's own.
            val known = listOf("HostFunctions.functions", "HostBridge.EMPTY", "ScriptCookies.isScript")
            assertEquals(known.sorted(), AppProcess.unknownState().sorted())
        },
        "native_code_dispatches_without_a_page" to { phone ->
            phone.script("addEventListener('e', (resolve, reject, args) => args.fail ? reject('no') : resolve(args))")
            assertEquals("""{"a":1}""", phone.native("e", JSONObject("""{"a":1}""")))
            assertEquals("{}", phone.native("e"))
            assertEquals("REJECTED", phone.native("e", JSONObject("""{"fail":true}""")))
            assertEquals("EVENT_NOT_FOUND", phone.native("f"))
            // Nobody has to listen, and nothing has to be kept.
            BackgroundRunner.dispatch(phone.context, Phone.LABEL, "e")
            val outcome: Outcome = BackgroundRunner.dispatch(phone.context, Request(Phone.LABEL, "e"))
            assertEquals("{}", outcome.orThrow().toString())
        },
        // A receiver or service is called on the main thread, and has seconds at most.
        "native_code_is_never_kept_waiting" to { phone ->
            phone.script("addEventListener('e', () => { console.log('running'); for (;;) {} })")
            val heard = Heard()
            val started = CountDownLatch(1)
            Handler(Looper.getMainLooper()).post {
                val dispatch = BackgroundRunner.dispatch(phone.context, Phone.LABEL, "e", null, heard)
                Thread {
                    waitFor("the script runs") { Log.lines.any { "running" in it } }
                    dispatch.cancel()
                    dispatch.cancel()
                }.start()
                check(heard.isSilent) { "it was waited for" }
                started.countDown()
            }
            check(started.await(30, TimeUnit.SECONDS)) { "the main thread is blocked" }
            assertEquals("CANCELLED", heard.next())
            check(heard.isSilent) { "it is told twice" }
        },
        "a_push_message_goes_to_the_first_runner" to { phone ->
            phone.script("addEventListener('remoteNotification', (resolve, reject, args) => resolve(args))")
            each(
                """{"label":"a","src":"runner.js"}""" to """{"k":"v"}""",
                """{"runners":[{"label":"a","src":"runner.js"},{"label":"b","src":"none.js"}]}""" to """{"k":"v"}""",
                null to "RUNNER_NOT_FOUND",
                """{"runners":[]}""" to "RUNNER_NOT_FOUND",
            ) { options ->
                phone.configure(options?.let(::JSONObject))
                phone.restart()
                Heard().also { BackgroundRunner.dispatchRemoteNotification(phone.context, mapOf("k" to "v"), callback = it) }.next()
            }
            phone.configure("""{"label":"a","src":"runner.js"}""")
            phone.restart()
            val heard = List(2) { Heard() }
            BackgroundRunner.dispatchRemoteNotification(phone.context, mapOf("k" to "v"), "a", heard[0])
            BackgroundRunner.dispatchRemoteNotification(phone.context, mapOf("k" to "v"), "other", heard[1])
            assertEquals(listOf("""{"k":"v"}""", "RUNNER_NOT_FOUND"), heard.map { it.next() })
            val runs = JSONObject(Page(phone).ask("getRunHistory", """{"label":"a"}""")).getJSONArray("runs")
            assertEquals("push", runs.getJSONObject(0)["trigger"])
        },
        "a_configuration_that_is_refused_is_heard_once" to { phone ->
            phone.configure("""{"label":"${Phone.LABEL}","src":7}""")
            val heard = Heard()
            BackgroundRunner.dispatch(phone.context, Phone.LABEL, "e", null, heard)
            assertEquals("INVALID_ARGUMENT", heard.next())
            check(heard.isSilent) { "it is told twice" }
        },
        // Contract C4. The declarations are those that `background-runner apis` writes.
        "an_app_adds_functions_of_its_own" to { phone ->
            val rest = """"async":false,"property":false,"platforms":[]"""
            val name = """[{"name":"name","type":"string","optional":false}]"""
            val methods =
                listOf("count" to "[]", "find" to name, "lost" to "[]").joinToString(",") { (method, params) ->
                    """{"name":"$method","params":$params,"returns":"any",$rest}"""
                }
            val declared = """[{"name":"Contacts","short":"contacts","platforms":[],"methods":[$methods]}]"""
            phone.configure("""{"label":"${Phone.LABEL}","src":"runner.js","hostApis":$declared}""")
            BackgroundRunner.register("Contacts", "count") { _, _ -> 7 }
            BackgroundRunner.register("Contacts", "find") { label, args ->
                if (args.getString(0) == "nobody") throw HostException("E_NOBODY", "there is nobody")
                JSONObject().put(args.getString(0), label)
            }
            phone.script(
                """addEventListener('e', (resolve) => {
                  const failing = (call) => { try { call() } catch (error) { return error.code ?? error.name } };
                  resolve([
                    Contacts.count(), Contacts.find('a'), failing(() => Contacts.find('nobody')),
                    failing(() => Contacts.find(7)), failing(() => Contacts.lost()),
                  ]);
                })""",
            )
            assertEquals("""[7,{"a":"${Phone.LABEL}"},"E_NOBODY","TypeError","UNAVAILABLE"]""", phone.native("e"))
        },
        "a_callback_that_throws_ends_nothing" to { phone ->
            phone.script("addEventListener('e', (resolve) => resolve(1))")
            BackgroundRunner.dispatch(phone.context, Phone.LABEL, "e") { _, _ -> error("the app is broken") }
            assertEquals("1", phone.native("e"))
            waitFor("it is said") { Log.lines.any { it.startsWith("E/BackgroundRunner: the callback for `e` threw") } }
        },
        // A cached process is frozen after ten seconds: https://source.android.com/docs/core/perf/cached-apps-freezer
        "a_push_run_has_work_that_lasts_as_long_as_the_run" to { phone ->
            phone.script("addEventListener('remoteNotification', () => { console.log('running'); for (;;) {} })")
            val heard = Heard()
            val run = BackgroundRunner.dispatchRemoteNotification(phone.context, mapOf("k" to "v"), callback = heard)
            waitFor("the script runs") { Log.lines.any { "running" in it } }
            val work = phone.kept()
            check(work.request.expedited && work.request.outOfQuota == OutOfQuotaPolicy.RUN_AS_NON_EXPEDITED_WORK_REQUEST)
            coroutineScope {
                val worker = async(Dispatchers.Default) { phone.work(work.name) }
                waitFor("the worker attends") { phone.isAtWork(work.name) }
                check(heard.isSilent)
                run.cancel()
                assertEquals("success", worker.await())
            }
            assertEquals("CANCELLED", heard.next())
            waitFor("its work is over") { phone.works.works.all { it.state.isFinished } }
        },
        "the_system_may_stop_a_push_run" to { phone ->
            phone.script(
                """addEventListener('remoteNotification', (resolve, reject, args, { signal }) => {
                  signal.addEventListener('abort', () => resolve('saved'));
                  setInterval(() => {}, 5);
                  console.log('running');
                })""",
            )
            val heard = Heard()
            BackgroundRunner.dispatchRemoteNotification(phone.context, mapOf("k" to "v"), callback = heard)
            waitFor("the script runs") { Log.lines.any { "running" in it } }
            val work = phone.kept()
            coroutineScope {
                val worker = async(Dispatchers.Default) { phone.work(work.name) }
                waitFor("the worker attends") { phone.isAtWork(work.name) }
                waitFor("it is stopped") {
                    phone.stop(work.name, WorkInfo.STOP_REASON_QUOTA)
                    worker.isCompleted
                }
            }
            assertEquals("saved", heard.next())
            waitFor("its work is over") { phone.works.works.all { it.state.isFinished } }
            val record = JSONObject(Page(phone).ask("getRunHistory")).getJSONArray("runs").getJSONObject(0)
            assertEquals("quota resolved", "${record["stopReason"]} ${record["outcome"]}")
        },
        // Contract N6
        "a_push_run_whose_process_ends_is_lost_and_begins_anew" to { phone ->
            phone.configure("""{"label":"${Phone.LABEL}","src":"runner.js","timeout":20}""")
            phone.script("addEventListener('remoteNotification', () => { console.log('running'); setInterval(() => {}, 9) })")
            BackgroundRunner.dispatchRemoteNotification(phone.context, mapOf("k" to "v"))
            waitFor("the script runs") { Log.lines.any { "running" in it } }
            phone.restart()
            phone.script("addEventListener('remoteNotification', (resolve, reject, args) => resolve(CapacitorKV.set('k', args.k)))")
            assertEquals("success", phone.work(phone.kept().name))
            assertEquals("v", phone.preferences.getValue(Phone.LABEL).values["k"])
            val runs = JSONObject(Page(phone).ask("getRunHistory")).getJSONArray("runs")
            val said = (0 until runs.length()).map(runs::getJSONObject).map { "${it["outcome"]} ${it.opt("attempt")}" }
            assertEquals(listOf("resolved 2", "lost null"), said)
        },
        // Android 11 and older ask for a notification, and fail work that has none.
        "an_older_android_shows_what_it_runs" to { phone ->
            phone.context.applicationInfo.icon = 12
            phone.adaptiveIcons.add(12)
            phone.script("addEventListener('e', () => { console.log('running'); for (;;) {} })")
            // Android 8.0 cannot draw an adaptive icon: its system interface ends at it (Google's own messaging library looks out for it).
            each(30 to 12, 26 to android.R.drawable.ic_dialog_info) { sdk ->
                android.os.Build.VERSION.SDK_INT = sdk
                Log.lines.clear()
                phone.foreground.clear()
                val run = BackgroundRunner.dispatch(phone.context, Phone.LABEL, "e")
                waitFor("the script runs") { Log.lines.any { "running" in it } }
                runBlocking {
                    val name = phone.kept().name
                    val worker = async(Dispatchers.Default) { phone.work(name) }
                    waitFor("the worker attends") { phone.isAtWork(name) }
                    run.cancel()
                    assertEquals("success", worker.await())
                }
                waitFor("its work is over") { phone.works.works.all { it.state.isFinished } }
                (phone.foreground.single().notification as NotificationCompat.Shown).said["smallIcon"]
            }
            assertEquals(
                listOf("Example 2"),
                phone.channels.all.values
                    .map { "${it.name} ${it.importance}" },
            )
        },
        "details_that_work_does_not_hold_are_dispatched_all_the_same" to { phone ->
            phone.script("addEventListener('e', (resolve, reject, args) => resolve(args.text.length))")
            assertEquals("20000", phone.native("e", JSONObject().put("text", "x".repeat(20_000))))
            waitFor("its work is over") { phone.works.works.all { it.state.isFinished } }
            // Of 64 KiB and more `Data` keeps nothing at all, and says so in the log only: the work of the run lasts all the same.
            phone.script("addEventListener('e', () => { console.log('running'); for (;;) {} })")
            for (size in listOf(9_000, 20_000, 70_000)) {
                Log.lines.clear()
                val run = BackgroundRunner.dispatch(phone.context, Phone.LABEL, "e", JSONObject().put("text", "é".repeat(size)))
                waitFor("the script runs") { Log.lines.any { "running" in it } }
                coroutineScope {
                    val name = phone.kept().name
                    val worker = async(Dispatchers.Default) { phone.work(name) }
                    waitFor("the worker attends") { phone.isAtWork(name) || worker.isCompleted }
                    run.cancel()
                    assertEquals("success", worker.await())
                }
                waitFor("its work is over") { phone.works.works.all { it.state.isFinished } }
            }
        },
        "a_broken_work_manager_keeps_no_dispatch_from_running" to { phone ->
            phone.script("addEventListener('e', (resolve) => resolve(1))")
            phone.works.isBroken = true
            try {
                assertEquals("1", phone.native("e"))
            } finally {
                phone.works.isBroken = false
            }
        },
        // Nobody makes an activity when Android starts the process for work.
        "functions_are_there_without_an_activity_or_an_application_class" to { phone ->
            phone.metadata.putString("io.ionic.backgroundrunner.device.Provider", "io.ionic.backgroundrunner.functions")
            phone.metadata.putString("com.example.Missing", "io.ionic.backgroundrunner.functions")
            phone.metadata.putString("io.ionic.backgroundrunner.device.Heard", "somebody.else")
            phone.configure(sync(""","hostApis":${declared("provided", "waits")}"""))
            phone.script("addEventListener('sync', async (resolve) => { CapacitorKV.set('got', Contacts.provided()); resolve() })")
            Page(phone).ask("getSchedules")
            phone.restart()
            val result = phone.work(SYNC)
            check(result == "success") { "$result: ${Log.lines}" }
            assertEquals("by a provider", phone.preferences.getValue(Phone.LABEL).values["got"])
            check(Log.lines.any { "the functions of `com.example.Missing` are missing" in it }) { "nothing is said" }
        },
        "a_function_that_waits_is_cancelled_with_its_run" to { phone ->
            val called = CountDownLatch(1)
            val cancelled = CountDownLatch(1)
            BackgroundRunner.registerSuspending("Contacts", "waits") { _, _ ->
                called.countDown()
                try {
                    awaitCancellation()
                } finally {
                    cancelled.countDown()
                }
            }
            phone.configure("""{"label":"${Phone.LABEL}","src":"runner.js","hostApis":${declared("provided", "waits")}}""")
            phone.script("addEventListener('e', () => Contacts.waits())")
            val heard = Heard()
            val run = BackgroundRunner.dispatch(phone.context, Phone.LABEL, "e", null, heard)
            check(called.await(20, TimeUnit.SECONDS)) { "it is not called" }
            run.cancel()
            assertEquals("CANCELLED", heard.next())
            check(cancelled.await(10, TimeUnit.SECONDS)) { "it waits for ever" }
        },
        // Preferences and the history are not for several processes.
        "another_process_of_the_app_is_refused" to { phone ->
            phone.script("addEventListener('e', (resolve) => resolve(1))")
            android.app.Application.processName = "$PACKAGE:push"
            phone.restart()
            assertEquals("HOST_ERROR", phone.native("e"))
            android.app.Application.processName = PACKAGE
            phone.restart()
            assertEquals("1", phone.native("e"))
        },
        "scripts_are_logged_as_capacitor_is" to { phone ->
            phone.script("addEventListener('e', (resolve) => { console.error('here'); resolve(1) })")
            each(
                ("" to true) to true,
                ("" to false) to false,
                ("debug" to false) to false,
                ("none" to true) to false,
                ("production" to false) to true,
            ) { (behavior, debuggable) ->
                val plugin = """{"BackgroundRunner":{"label":"${Phone.LABEL}","src":"runner.js"}}"""
                val said = if (behavior.isEmpty()) "" else """"loggingBehavior":"$behavior","""
                phone.assets["capacitor.config.json"] = """{$said"plugins":$plugin}""".toByteArray()
                phone.context.applicationInfo.flags = if (debuggable) android.content.pm.ApplicationInfo.FLAG_DEBUGGABLE else 0
                phone.restart()
                Log.lines.clear()
                phone.native("e")
                Log.lines.any { "here" in it }
            }
        },
    )
