package io.ionic.backgroundrunner.device

import android.content.Intent
import android.util.Log
import androidx.work.Data
import androidx.work.ExistingPeriodicWorkPolicy
import androidx.work.ListenableWorker
import androidx.work.PeriodicWorkRequest
import androidx.work.WorkInfo
import io.ionic.backgroundrunner.tests.assertContains
import io.ionic.backgroundrunner.tests.assertEquals
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.json.JSONObject
import java.util.concurrent.TimeUnit
import java.util.function.Consumer

/** A runner with an event that repeats, and more options. */
fun sync(more: String = ""): String =
    """{"label":"${Phone.LABEL}","src":"runner.js","event":"sync","repeat":true,"interval":15,"autoStart":true$more}"""

const val SYNC = "${Phone.LABEL}/sync"

/** Everything that was asked of `WorkManager` and is not over, in words. */
private fun Phone.planned(): List<String> =
    works.works.filterNot { it.state.isFinished }.map { work ->
        with(work.request) {
            val interval = if (intervalMs == 0L) "once" else "every ${intervalMs / 60_000} min"
            val backoff = if (backoffPolicy == null) "" else " $backoffPolicy ${backoffMs / 1000} s"
            "${work.name}: $interval after ${initialDelayMs / 60_000} min if $constraints$backoff"
        }
    }

/** The app is started, and what it plans is planned. */
private fun Phone.open(): Page = Page(this).also { it.ask("getSchedules") }

/** The names of work that is not over. */
private fun Phone.unfinished(): List<String> =
    works.works
        .filterNot { it.state.isFinished }
        .map { it.name }
        .sorted()

/** What the plugin remembers of its plans. */
private fun Phone.store(): MutableMap<String, Any?> = preferences.getValue("io.ionic.backgroundrunner.schedules").values

private fun Page.nextRunAt(): Long = JSONObject(ask("getSchedules")).getJSONArray("schedules").getJSONObject(0).getLong("nextRunAt")

/** Work as releases before 4.0 enqueued it. */
private fun Phone.legacy(
    label: String,
    event: String,
) {
    val worker = Class.forName("io.ionic.backgroundrunner.plugin.RunnerWorker").asSubclass(ListenableWorker::class.java)
    val data =
        Data
            .Builder()
            .putString("label", Phone.LABEL)
            .putString("src", "runner.js")
            .putString("event", event)
            .build()
    val request =
        PeriodicWorkRequest
            .Builder(worker, 15, TimeUnit.MINUTES)
            .setInputData(data)
            .addTag(label)
            .build()
    works.enqueueUniquePeriodicWork(label, ExistingPeriodicWorkPolicy.UPDATE, request)
}

fun Page.runs(): List<String> {
    val records = JSONObject(ask("getRunHistory")).getJSONArray("runs")
    return (0 until records.length()).map(records::getJSONObject).map {
        "${it["event"]} ${it["trigger"]} ${it.opt("scheduleId")} ${it.optString("errorCode", it.getString("outcome"))}"
    }
}

val workTests: PhoneTests =
    mapOf(
        // B-A8: no constraint but what the configuration says.
        "the_configuration_decides_what_is_planned" to {
            val all = """"network":"not-roaming","charging":true,"batteryNotLow":true,"storageNotLow":true"""
            each(
                sync() to "[$SYNC: every 15 min after 15 min if NOT_REQUIRED []]",
                sync(""","repeat":false,"interval":3""") to "[$SYNC: once after 3 min if NOT_REQUIRED []]",
                sync(""","constraints":{$all}""") to
                    "[$SYNC: every 15 min after 15 min if NOT_ROAMING [charging, battery, storage]]",
                sync(""","constraints":{"network":"connected"},"retry":{"attempts":2,"delay":20,"backoff":"linear"}""") to
                    "[$SYNC: every 15 min after 15 min if CONNECTED [] LINEAR 20 s]",
                sync(""","constraints":{"network":"unmetered","deviceIdle":true},"retry":{"attempts":2}""") to
                    "[$SYNC: every 15 min after 15 min if UNMETERED [idle]]",
                sync(""","schedules":[{"id":"night","event":"tidy","interval":1440,"repeat":true}]""") to
                    "[${Phone.LABEL}/night: every 1440 min after 1440 min if NOT_REQUIRED [], " +
                    "$SYNC: every 15 min after 15 min if NOT_REQUIRED []]",
                sync(""","autoStart":false""") to "[]",
            ) { options ->
                Phone().use { other ->
                    // JSON keeps the last of two values with the same name.
                    other.configure(options)
                    other.open()
                    other.planned()
                }
            }
        },
        "details_of_any_size_fit_into_work" to { phone ->
            phone.configure(sync())
            phone.script("addEventListener('tidy', (resolve, reject, { text }) => text.length === 20000 && resolve())")
            val page = phone.open()
            val details = JSONObject().put("text", "x".repeat(20_000))
            val schedule = """{"label":"${Phone.LABEL}","id":"big","event":"tidy","interval":1,"details":$details}"""
            assertContains("nextRunAt", page.ask("registerSchedule", schedule))
            val heard = page.listen("backgroundRunnerRunFinished")
            assertEquals("success", phone.work("${Phone.LABEL}/big"))
            assertEquals("big", page.next(heard).getJSONObject("data").getString("scheduleId"))
        },
        "starting_again_plans_nothing_twice" to { phone ->
            phone.configure(sync())
            phone.open()
            val calls = phone.works.calls.toList()
            assertEquals(1, calls.size)
            phone.restart()
            phone.open()
            assertEquals(calls, phone.works.calls)
        },
        // B-A7
        "what_the_configuration_has_no_more_is_cancelled" to {
            each(
                sync(""","autoStart":false""") to "[]",
                sync(""","label":"com.example.other"""") to "[com.example.other/sync]",
                sync(""","event":"tidy"""") to "[${Phone.LABEL}/tidy]",
                """{"label":"${Phone.LABEL}","src":"runner.js"}""" to "[]",
            ) { options ->
                Phone().use { other ->
                    other.configure(sync())
                    other.open()
                    other.configure(options)
                    other.restart()
                    other.open()
                    other.works.works
                        .filterNot { it.state.isFinished }
                        .map { it.name }
                }
            }
        },
        "planned_work_runs_without_a_page_and_is_recorded" to { phone ->
            phone.configure(sync())
            phone.script(
                """addEventListener('sync', (resolve, reject, args) => {
                  CapacitorKV.set('args', JSON.stringify(args));
                  resolve();
                })""",
            )
            phone.open()
            phone.restart()
            assertEquals("success", phone.work(SYNC))
            assertEquals("{}", phone.preferences.getValue(Phone.LABEL).values["args"])
            check(phone.works.find(SYNC) != null) { "the repetition is over" }
            assertEquals(listOf("sync schedule sync resolved"), phone.open().runs())
        },
        "work_that_runs_once_is_over_then" to { phone ->
            phone.configure(sync(""","repeat":false"""))
            phone.script("addEventListener('sync', (resolve) => resolve())")
            phone.open()
            assertEquals("success", phone.work(SYNC))
            assertEquals(listOf<String>(), phone.planned())
        },
        // B-A2, B-A3: a run ends, and the repetition does not end with it.
        "a_failed_run_ends_no_repetition" to {
            each(
                ("addEventListener('sync', (resolve, reject) => reject('no'))" to 25.0) to "[retry, retry, failure, retry]",
                ("addEventListener('sync', () => { throw 1 })" to 25.0) to "[retry, retry, failure, retry]",
                ("addEventListener('sync', () => { for (;;) {} })" to 0.3) to "[retry, retry, failure, retry]",
                ("addEventListener('sync', () => new Promise(() => {}))" to 25.0) to "[retry, retry, failure, retry]",
                ("addEventListener('other', (resolve) => resolve())" to 25.0) to "[failure, failure, failure, failure]",
                ("this is no script" to 25.0) to "[failure, failure, failure, failure]",
            ) { (source, timeout) ->
                Phone().use { other ->
                    other.configure(sync(""","retry":{"attempts":2,"delay":30},"timeout":$timeout"""))
                    other.script(source)
                    other.open()
                    val results = List(4) { other.work(SYNC) }
                    checkNotNull(other.works.find(SYNC)) { "the repetition is over" }
                    results
                }
            }
        },
        // B-A6
        "stopping_work_stops_its_script" to { phone ->
            phone.configure(sync(""","timeout":50"""))
            phone.script("addEventListener('sync', () => { console.log('running'); for (;;) {} })")
            val page = phone.open()
            coroutineScope {
                val work = launch(Dispatchers.Default) { phone.work(SYNC) }
                waitFor("the script runs") { Log.lines.any { "running" in it } }
                work.cancelAndJoin()
            }
            // Its record comes when the script has ended, which is right after the worker.
            waitFor("the run is recorded") { page.runs().isNotEmpty() }
            assertEquals(listOf("sync schedule sync CANCELLED"), page.runs())
            checkNotNull(phone.works.find(SYNC)) { "the repetition is over" }
        },
        // Contract D11. A worker's `onStopped` comes before its time is over: the process stays for a moment.
        "what_the_system_stops_may_save_its_work_and_says_why" to { phone ->
            phone.configure(sync(""","timeout":50"""))
            phone.script(
                """addEventListener('sync', (resolve, reject, args, { signal }) => {
                  signal.addEventListener('abort', () => { CapacitorKV.set('saved', 'yes'); resolve() });
                  setInterval(() => {}, 5);
                  console.log('running');
                })""",
            )
            val page = phone.open()
            each(
                WorkInfo.STOP_REASON_CONSTRAINT_CONNECTIVITY to "constraint-connectivity 1 resolved",
                WorkInfo.STOP_REASON_TIMEOUT to "timeout 2 resolved",
                WorkInfo.STOP_REASON_UNKNOWN to "unknown 3 resolved",
            ) { reason ->
                Log.lines.clear()
                runBlocking {
                    val work = async(Dispatchers.Default) { phone.work(SYNC) }
                    waitFor("the script runs") { Log.lines.any { "running" in it } }
                    phone.stop(SYNC, reason)
                    assertEquals("stopped", work.await())
                }
                assertEquals("yes", phone.preferences.getValue(Phone.LABEL).values["saved"])
                val run = JSONObject(page.ask("getRunHistory")).getJSONArray("runs").getJSONObject(0)
                "${run["stopReason"]} ${run["attempt"]} ${run["outcome"]}"
            }
            checkNotNull(phone.works.find(SYNC)) { "the repetition is over" }
        },
        // What is stopped is started again, and so is what ends its process: neither goes on for ever.
        "work_that_is_stopped_again_and_again_waits_for_its_next_time" to { phone ->
            phone.configure(sync(""","retry":{"attempts":1,"delay":10}"""))
            phone.script(
                """addEventListener('sync', (resolve, reject, args, { signal }) => {
                  signal.addEventListener('abort', () => resolve());
                  setInterval(() => {}, 5);
                  console.log('running');
                })""",
            )
            phone.open()

            suspend fun stopped() {
                Log.lines.clear()
                coroutineScope {
                    val work = async(Dispatchers.Default) { phone.work(SYNC) }
                    waitFor("the script runs") { Log.lines.any { "running" in it } }
                    phone.stop(SYNC, WorkInfo.STOP_REASON_QUOTA)
                    assertEquals("stopped", work.await())
                }
            }
            repeat(2) {
                repeat(5) { stopped() }
                assertEquals("failure", phone.work(SYNC))
                check(Log.lines.any { "was stopped 5 times" in it }) { Log.lines }
                assertEquals(0, checkNotNull(phone.works.find(SYNC)).runAttemptCount)
            }
            // What fails by itself is not counted among them.
            phone.script("addEventListener('sync', (resolve, reject) => reject('no'))")
            assertEquals(listOf("retry", "failure", "retry"), List(3) { phone.work(SYNC) })
        },
        // WorkManager stops work after ten minutes, whatever it has been told.
        "no_run_is_planned_for_longer_than_work_may_take" to { phone ->
            phone.configure(sync(""","timeout":1800"""))
            phone.script(
                """addEventListener('sync', (resolve, reject, args, context) => {
                  CapacitorKV.set('left', String(context.timeRemaining()));
                  resolve();
                })""",
            )
            phone.open()
            assertEquals("success", phone.work(SYNC))
            val left =
                phone.preferences
                    .getValue(Phone.LABEL)
                    .values["left"]
                    .toString()
                    .toDouble()
            check(left > 560_000 && left <= 570_000) { "$left ms" }
            check(Log.lines.any { "`timeout` of scheduled runs is taken as 570 seconds" in it }) { Log.lines }
        },
        // The app need not be opened: it is updated in the background, and a file may be lost.
        "a_start_in_the_background_begins_with_the_configuration" to {
            val lost: Map<String, (Phone) -> Unit> =
                mapOf(
                    "no state" to { it.store().clear() },
                    "a state that is none" to { it.store()["state"] = "{" },
                    "the state of another version" to { it.store()["state"] = """{"version":77,"schedules":[],"submitted":{}}""" },
                    "an old state" to { },
                )
            lost.forEach { (what, lose) ->
                Phone().use { other ->
                    other.configure(sync())
                    other.script("addEventListener('sync', (resolve) => resolve())")
                    other.open()
                    lose(other)
                    val night = """{"id":"night","event":"tidy","interval":60,"repeat":true}"""
                    other.configure(sync(""","schedules":[$night]"""))
                    other.restart()
                    assertEquals("success", runBlocking { other.work(SYNC) })
                    val names = other.unfinished()
                    check(names == listOf("${Phone.LABEL}/night", SYNC)) { "$what: $names" }
                    assertEquals(listOf("sync schedule sync resolved"), other.open().runs())
                }
            }
        },
        "a_renamed_runner_takes_effect_without_the_app" to { phone ->
            phone.configure(sync())
            phone.open()
            phone.configure(sync(""","label":"com.example.other""""))
            phone.restart()
            phone.work(SYNC)
            assertEquals(listOf("com.example.other/sync"), phone.unfinished())
            phone.configure(sync())
            phone.restart()
            phone.receive(Intent(Intent.ACTION_MY_PACKAGE_REPLACED))
            assertEquals(listOf(SYNC), phone.unfinished())
        },
        // A process may end between any two steps: what it had begun is finished by the next one.
        "what_is_planned_survives_the_end_of_the_process" to {
            (0..3).forEach { steps ->
                Phone().use { other ->
                    other.configure(sync())
                    other.open()
                    val more = listOf("a", "b").joinToString(",") { """{"id":"$it","event":"e","interval":30}""" }
                    other.configure(sync(""","interval":60,"schedules":[$more]"""))
                    other.restart()
                    var left = steps
                    other.works.before =
                        Consumer {
                            check(other.store()["state"] != null) { "work is submitted that nobody knows" }
                            check(left-- > 0) { "the process ended" }
                        }
                    other.open()
                    other.works.before = Consumer {}
                    other.restart()
                    other.open()
                    assertEquals(listOf("${Phone.LABEL}/a", "${Phone.LABEL}/b", SYNC), other.unfinished())
                    val work = checkNotNull(other.works.find(SYNC))
                    assertEquals(60L, work.request.intervalMs / 60_000)
                }
            }
        },
        "a_full_disk_is_told_and_keeps_no_run_from_running" to { phone ->
            phone.configure(sync())
            phone.script("addEventListener('sync', (resolve) => resolve())")
            val page = phone.open()
            phone.isFull = true
            val schedule = """{"label":"${Phone.LABEL}","id":"night","event":"tidy","interval":60,"repeat":true}"""
            assertContains("HOST_ERROR: what is planned could not be written", page.ask("registerSchedule", schedule))
            assertEquals(listOf(SYNC), phone.unfinished())
            assertEquals("success", phone.work(SYNC))
            assertEquals(listOf("sync schedule sync resolved"), page.runs())
            assertContains("STORAGE_FAILED", page.ask("kvSet", """{"label":"${Phone.LABEL}","key":"k","value":"v"}"""))
        },
        // `SharedPreferences` goes on with what it could not write, until the process ends.
        "what_could_not_be_written_is_not_there" to { phone ->
            phone.configure(sync())
            val later = "CapacitorNotifications.schedule([{ id: 1, title: 't', body: 'b', scheduleAt: new Date(Date.now() + 60000) }])"
            phone.script(
                """addEventListener('later', (resolve) => { try { $later } catch (error) { resolve(error.code) } });
                addEventListener('pending', (resolve) => resolve(CapacitorNotifications.getPending()))""",
            )
            val page = phone.open()

            fun key(key: String) = """"label":"${Phone.LABEL}","key":"$key""""
            page.ask("kvSet", """{${key("a")},"value":"old"}""")
            val store = phone.preferences.getValue(Phone.LABEL)
            store.values["theirs"] = 7
            phone.isFull = true
            for (call in listOf("kvSet", "kvRemove")) {
                assertContains("STORAGE_FAILED", page.ask(call, """{${key("a")},"value":"new"}"""))
                assertContains("STORAGE_FAILED", page.ask(call, """{${key("theirs")},"value":"new"}"""))
                assertContains("STORAGE_FAILED", page.ask("kvSet", """{${key("b")},"value":"new"}"""))
                assertEquals("""{"value":"old"}""", page.ask("kvGet", "{${key("a")}}"))
                assertEquals("{a=old, theirs=7}", store.values.toSortedMap().toString())
            }
            val night = """{"label":"${Phone.LABEL}","id":"night","event":"tidy","interval":60,"repeat":true}"""
            assertContains("HOST_ERROR: what is planned could not be written", page.ask("registerSchedule", night))
            assertEquals("""{"value":"STORAGE_FAILED"}""", page.dispatch("later"))
            assertEquals("""{"value":[]}""", page.dispatch("pending"))
            phone.isFull = false
            phone.receive(Intent("android.app.action.SCHEDULE_EXACT_ALARM_PERMISSION_STATE_CHANGED"))
            assertEquals(0, phone.alarms.all.size)
            assertContains("\"night\"", page.ask("registerSchedule", night))
            phone.restart()
            assertEquals(listOf("${Phone.LABEL}/night", SYNC), phone.unfinished())
            assertContains("\"night\"", phone.open().ask("getSchedules"))
        },
        "a_full_disk_ends_no_launch" to { phone ->
            phone.isFull = true
            phone.script("addEventListener('e', (resolve) => resolve(1))")
            assertEquals("""{"value":1}""", Page(phone).dispatch("e"))
            waitFor("it is said") { Log.lines.any { "cannot be kept" in it } }
        },
        // A configuration that cannot be read is not one without runners.
        "a_configuration_that_cannot_be_read_cancels_nothing" to { phone ->
            phone.configure(sync())
            phone.open()
            phone.assets["capacitor.config.json"] = "{".toByteArray()
            phone.restart()
            assertEquals("failure", phone.work(SYNC))
            phone.receive(Intent(Intent.ACTION_MY_PACKAGE_REPLACED))
            assertEquals(listOf(SYNC), phone.unfinished())
        },
        // WorkManager adds the delay of an update to when the work was first submitted.
        "the_next_run_is_when_work_manager_says" to { phone ->
            phone.configure(sync(""","interval":60"""))
            val page = phone.open()
            val work = checkNotNull(phone.works.find(SYNC))
            assertEquals(work.nextScheduleTimeMillis, page.nextRunAt())
            work.enqueuedAtMs -= 20 * 60_000
            phone.configure(sync(""","interval":120"""))
            phone.restart()
            val next = phone.open().nextRunAt()
            assertEquals(work.enqueuedAtMs + 120 * 60_000, next)
        },
        // Releases before 4.0 enqueued a worker of another name, and an app may do so by itself.
        "work_of_an_older_release_is_served_and_replaced" to { phone ->
            phone.configure(sync())
            phone.script("addEventListener('sync', (resolve, reject, args) => resolve()); addEventListener('own', (resolve) => resolve())")
            phone.legacy(Phone.LABEL, "sync")
            // Its event is dispatched, then the configuration's work takes its place.
            assertEquals("stopped", phone.work(Phone.LABEL))
            assertEquals(listOf(SYNC), phone.unfinished())
            assertEquals(listOf("sync native null resolved"), phone.open().runs())
            phone.legacy("mine", "own")
            phone.restart()
            phone.open()
            assertEquals(listOf(SYNC, "mine"), phone.unfinished())
            assertEquals("success", phone.work("mine"))
            phone.legacy("lost", "nothing")
            assertEquals("failure", phone.work("lost"))
            check(Log.lines.any { "a release before 4.0" in it }) { "nothing is said" }
        },
        "work_of_an_older_release_is_replaced_when_the_app_is_opened" to { phone ->
            phone.legacy("com.example.renamed", "sync")
            phone.configure(sync())
            phone.open()
            assertEquals(listOf(SYNC), phone.unfinished())
        },
        "work_that_nobody_knows_fails_alone" to { phone ->
            phone.configure(sync())
            phone.open()
            phone.preferences.clear()
            phone.configure(null)
            phone.restart()
            assertEquals("stopped", phone.work(SYNC))
            assertEquals(listOf<String>(), phone.unfinished())
        },
        "work_survives_a_configuration_that_cannot_be_used" to { phone ->
            phone.configure(sync())
            phone.open()
            phone.configure(sync(""","src":7"""))
            phone.restart()
            assertEquals("failure", phone.work(SYNC))
            checkNotNull(phone.works.find(SYNC)) { "the repetition is over" }
        },
        "a_work_manager_that_cannot_start_does_not_take_the_app_along" to { phone ->
            phone.configure(sync())
            phone.script("addEventListener('e', (resolve) => resolve(1))")
            phone.works.isBroken = true
            try {
                val page = Page(phone)
                assertContains("HOST_ERROR: WorkManager is not", page.ask("getSchedules"))
                assertEquals("""{"value":1}""", page.dispatch("e"))
                check(Log.lines.any { it.startsWith("E/BackgroundRunner: ") && "WorkManager is not" in it }) { "nothing is said" }
            } finally {
                phone.works.isBroken = false
            }
        },
        "the_app_adds_lists_and_cancels_schedules" to { phone ->
            phone.configure(sync())
            val page = phone.open()
            val schedule = """{"label":"${Phone.LABEL}","id":"night","event":"tidy","interval":60,"repeat":true}"""
            val added = JSONObject(page.ask("registerSchedule", schedule))
            val keys = listOf("id", "event", "source", "effectiveInterval")
            assertEquals("night tidy app 60", keys.joinToString(" ") { added[it].toString() })
            assertContains("\"night\"", page.ask("getSchedules", """{"label":"${Phone.LABEL}"}"""))
            assertEquals("""{"schedules":[]}""", page.ask("getSchedules", """{"label":"other"}"""))
            val refused = page.ask("registerSchedule", """{"label":"nobody","id":"x","event":"e","interval":60}""")
            assertContains("RUNNER_NOT_FOUND: ", refused)
            assertEquals("nothing", page.ask("cancelSchedule", """{"label":"${Phone.LABEL}","id":"night"}"""))
            assertEquals(
                listOf(SYNC),
                phone.works.works
                    .filterNot { it.state.isFinished }
                    .map { it.name },
            )
            assertEquals("nothing", page.ask("cancelSchedule", """{"label":"${Phone.LABEL}"}"""))
            assertEquals(listOf<String>(), phone.planned())
        },
        "asking_for_schedules_changes_none" to { phone ->
            phone.configure(sync())
            val page = phone.open()
            // A live update may bring another configuration while the app runs: it counts from the next start.
            phone.configure(sync(""","interval":60"""))
            val before =
                phone.preferences
                    .getValue("io.ionic.backgroundrunner.schedules")
                    .values
                    .toMap()
            val calls = phone.works.calls.toList()
            assertContains("\"interval\":15", page.ask("getSchedules"))
            assertEquals(before, phone.preferences.getValue("io.ionic.backgroundrunner.schedules").values)
            assertEquals(calls, phone.works.calls)
        },
    )
