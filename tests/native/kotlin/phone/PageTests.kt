package io.ionic.backgroundrunner.device

import android.util.Log
import io.ionic.backgroundrunner.Runners
import io.ionic.backgroundrunner.tests.assertContains
import io.ionic.backgroundrunner.tests.assertEquals
import org.json.JSONObject

private const val RUNNER =
    """
    const on = addEventListener;
    on('echo', (resolve, reject, args) => resolve(args));
    on('text', (resolve) => resolve('héllo 🏃'));
    on('null', (resolve) => resolve(null));
    on('none', (resolve) => resolve());
    on('list', (resolve) => resolve([1, null, 'a']));
    on('reject', (resolve, reject) => reject(Object.assign(new TypeError('no'), { code: 'E_NO' })));
    on('throw', async () => { throw new RangeError('oh') });
    on('forget', () => {});
    on('twice', (resolve, reject) => { resolve(1); resolve(2); reject('no') });
    on('loop', () => { for (;;) {} });
    on('hang', () => { console.log('running'); return new Promise((done) => setTimeout(done, 600000)) });
    """

val pageTests: PhoneTests =
    mapOf(
        // B-A2, B-A19, B-E12: every call is answered, with what the script said or with why not.
        "every_call_is_answered_with_a_value_or_a_code" to { phone ->
            phone.script(RUNNER)
            val page = Page(phone)
            each(
                "echo" to """{"value":{}}""",
                "text" to """{"value":"héllo 🏃"}""",
                "null" to """{"value":null}""",
                "none" to "{}",
                "list" to """{"value":[1,null,"a"]}""",
                "twice" to """{"value":1}""",
                "reject" to "REJECTED: no",
                "throw" to "EXCEPTION: oh",
            ) { page.dispatch(it) }
            assertEquals("""{"value":{"a":[1]}}""", page.dispatch("echo", """{"details":{"a":[1]}}"""))
            assertEquals("""{"value":{}}""", page.dispatch("echo", """{"details":null}"""))
            assertContains("NEVER_SETTLED: ", page.dispatch("forget"))
            assertContains("EVENT_NOT_FOUND: ", page.dispatch("eccho"))
            assertContains("DEADLINE_EXCEEDED: ", page.dispatch("loop", """{"timeout":0.2}"""))
            assertContains("RUNNER_NOT_FOUND: ", page.ask("dispatchEvent", """{"label":"nobody","event":"e"}"""))
            assertEquals("INVALID_ARGUMENT: `event` must be a string, not missing", page.ask("dispatchEvent", """{"label":"a"}"""))
            assertContains("INVALID_ARGUMENT: `details`", page.dispatch("echo", """{"details":[1]}"""))
            val error = page.next(page.post("dispatchEvent", JSONObject().put("label", Phone.LABEL).put("event", "reject")))
            val data = error.getJSONObject("error").getJSONObject("data")
            assertEquals("TypeError E_NO", "${data["name"]} ${data["scriptCode"]}")
        },
        // B-A1: the bridge has one thread for the calls of all plugins.
        "a_running_script_keeps_no_call_waiting" to { phone ->
            phone.script(RUNNER)
            val page = Page(phone)
            val hang = """{"label":"${Phone.LABEL}","event":"hang","timeout":600}"""
            val hangs = List(3) { page.post("dispatchEvent", JSONObject(hang)) }
            waitFor("the script runs") { Log.lines.any { "running" in it } }
            page.settle()
            assertContains("granted", page.ask("checkPermissions"))
            assertEquals("""{"keys":[]}""", page.ask("kvKeys", """{"label":"${Phone.LABEL}"}"""))
            hangs.forEach { check(!page.hasAnswer(it)) { "the others had to wait for it" } }
        },
        // B-A4, B-A5
        "an_app_in_the_background_still_dispatches" to { phone ->
            phone.script(RUNNER)
            val page = Page(phone)
            repeat(3) {
                page.bridge.onPause()
                page.bridge.onStop()
                assertEquals("{}", page.dispatch("none"))
                page.bridge.onStart()
                page.bridge.onResume()
            }
            assertEquals("{}", page.dispatch("none"))
        },
        "the_end_of_the_page_ends_no_run" to { phone ->
            phone.script(
                """addEventListener('save', (resolve) => {
                  console.log('running');
                  setTimeout(() => { CapacitorKV.set('saved', 'yes'); resolve() }, 200);
                })""",
            )
            val page = Page(phone)
            page.post("dispatchEvent", JSONObject("""{"label":"${Phone.LABEL}","event":"save"}"""))
            waitFor("the script runs") { Log.lines.any { "running" in it } }
            page.bridge.onDestroy()
            val next = Page(phone)
            waitFor("the value is saved") { "yes" in next.ask("kvGet", """{"label":"${Phone.LABEL}","key":"saved"}""") }
        },
        // B-A28
        "a_configuration_that_cannot_be_used_is_an_answer" to { phone ->
            each(
                null to "RUNNER_NOT_FOUND",
                "{}" to "RUNNER_NOT_FOUND",
                """{"label":"${Phone.LABEL}"}""" to "SOURCE_NOT_FOUND",
                """{"label":"${Phone.LABEL}","src":"runner.js","timeout":"long"}""" to "INVALID_ARGUMENT",
                """{"runners":[{"label":"a","src":"a.js"},{"label":"a","src":"b.js"}]}""" to "INVALID_ARGUMENT",
                """{"label":"${Phone.LABEL}","src":"nowhere.js"}""" to "SOURCE_NOT_FOUND",
            ) { options ->
                Phone().use { other ->
                    other.configure(options?.let(::JSONObject))
                    Page(other).dispatch("e").substringBefore(':')
                }
            }
            phone.assets["capacitor.config.json"] = "{".toByteArray()
            phone.restart()
            assertEquals("RUNNER_NOT_FOUND", phone.native("e"))
        },
        "logs_and_runs_reach_the_page_in_order" to { phone ->
            phone.script("addEventListener('e', (resolve) => { for (let i = 0; i < 50; i++) console.log('line', i); resolve() })")
            val page = Page(phone)
            val logs = page.listen("backgroundRunnerLog")
            val runs = page.listen("backgroundRunnerRunFinished")
            page.dispatch("e")
            repeat(50) { assertEquals("line $it", page.next(logs).getJSONObject("data").getString("text")) }
            val run = page.next(runs).getJSONObject("data")
            assertEquals("e app resolved", "${run["event"]} ${run["trigger"]} ${run["outcome"]}")
            check(Log.lines.any { it == "I/BackgroundRunner: ${Phone.LABEL} e: line 49" }) { Log.lines.last() }
        },
        "a_page_that_is_gone_hears_nothing" to { phone ->
            phone.script(RUNNER)
            val gone = Page(phone)
            val logs = gone.listen("backgroundRunnerRunFinished")
            gone.settle()
            gone.bridge.onDestroy()
            val page = Page(phone)
            val heard = page.listen("backgroundRunnerRunFinished")
            page.dispatch("none")
            assertEquals("none", page.next(heard).getJSONObject("data").getString("event"))
            check(!gone.hasAnswer(logs)) { "the old page is told" }
            assertEquals(1, Runners.of(phone.context).listeners.size)
        },
        "the_app_reads_and_writes_what_runners_keep" to { phone ->
            phone.script("addEventListener('e', (resolve) => resolve([CapacitorKV.get('a'), CapacitorKV.get('none')]))")
            val page = Page(phone)
            val key = """"label":"${Phone.LABEL}","key":"a""""
            assertEquals("nothing", page.ask("kvSet", """{$key,"value":""}"""))
            assertEquals("""{"value":[{"value":""},null]}""", page.dispatch("e"))
            assertEquals("""{"value":""}""", page.ask("kvGet", "{$key}"))
            assertEquals("""{"keys":["a"]}""", page.ask("kvKeys", "{$key}"))
            assertEquals("nothing", page.ask("kvRemove", "{$key}"))
            assertEquals("""{"value":null}""", page.ask("kvGet", "{$key}"))
        },
        "the_history_is_asked_and_forgotten" to { phone ->
            phone.script(RUNNER)
            val page = Page(phone)
            page.dispatch("none")
            page.dispatch("reject")
            val failed = JSONObject(page.ask("getRunHistory", """{"outcome":"failed"}""")).getJSONArray("runs")
            assertEquals("1 reject", "${failed.length()} ${failed.getJSONObject(0)["event"]}")
            // It outlives the process.
            waitFor("the history is written") { phone.files.walk().any { it.isFile && "\"reject\"" in it.readText() } }
            phone.restart()
            val next = Page(phone)
            assertEquals(2, JSONObject(next.ask("getRunHistory")).getJSONArray("runs").length())
            assertEquals("nothing", next.ask("clearRunHistory"))
            assertEquals("""{"runs":[]}""", next.ask("getRunHistory"))
        },
    )

private const val COARSE = "android.permission.ACCESS_COARSE_LOCATION"
private const val FINE = "android.permission.ACCESS_FINE_LOCATION"
private const val BACKGROUND = "android.permission.ACCESS_BACKGROUND_LOCATION"
private const val POST = "android.permission.POST_NOTIFICATIONS"

val permissionTests: PhoneTests =
    mapOf(
        // B-A30
        "permissions_are_as_the_system_says" to { phone ->
            val page = Page(phone)
            each(
                Triple(32, true, setOf<String>()) to "prompt granted",
                Triple(32, false, setOf<String>()) to "prompt denied",
                Triple(36, true, setOf(POST)) to "prompt granted",
                Triple(36, false, setOf<String>()) to "prompt prompt",
                // Allowed to the app, and turned off by the user since.
                Triple(36, false, setOf(POST)) to "prompt denied",
                Triple(36, true, setOf(COARSE)) to "granted granted",
                Triple(36, true, setOf(COARSE, FINE)) to "granted granted",
            ) { (sdk, enabled, granted) ->
                android.os.Build.VERSION.SDK_INT = sdk
                androidx.core.app.NotificationManagerCompat.isEnabled = enabled
                phone.granted.clear()
                phone.granted.addAll(granted)
                JSONObject(page.ask("checkPermissions")).run { "${get("geolocation")} ${get("notifications")}" }
            }
        },
        // B-A18
        "only_the_permissions_that_the_app_names_are_asked_for" to { phone ->
            phone.declared.addAll(listOf(COARSE, FINE, POST))
            androidx.core.app.NotificationManagerCompat.isEnabled = false
            val page = Page(phone)
            each(
                "{}" to "[]",
                """{"apis":[]}""" to "[]",
                """{"apis":"geolocation"}""" to "[]",
                """{"apis":["kv"]}""" to "[]",
            ) { options ->
                assertContains("\"geolocation\":\"prompt\"", page.ask("requestPermissions", options))
                page.asked
            }
            assertContains("\"geolocation\":\"granted\"", page.ask("requestPermissions", """{"apis":["geolocation"]}"""))
            assertEquals("[[ACCESS_COARSE_LOCATION, ACCESS_FINE_LOCATION]]", page.asked.toString())
            page.ask("requestPermissions", """{"apis":["geolocation"]}""")
            assertEquals(1, page.asked.size)
            page.grants = { false }
            page.ask("requestPermissions", """{"apis":["notifications","geolocation"]}""")
            assertEquals("[POST_NOTIFICATIONS]", page.asked.last().toString())
        },
        // https://developer.android.com/develop/sensors-and-location/location/permissions/background: since Android 11 the
        // system ignores a request for both.
        "the_background_location_is_asked_for_in_a_second_step" to { phone ->
            phone.declared.addAll(listOf(COARSE, FINE, BACKGROUND))
            val both = """{"apis":["geolocation","backgroundLocation"]}"""
            val page = Page(phone)
            assertContains("\"backgroundLocation\":\"granted\"", page.ask("requestPermissions", both))
            assertEquals("[[ACCESS_COARSE_LOCATION, ACCESS_FINE_LOCATION], [ACCESS_BACKGROUND_LOCATION]]", page.asked.toString())
            page.asked.clear()
            phone.granted.clear()
            page.grants = { false }
            assertContains("\"geolocation\":\"denied\"", page.ask("requestPermissions", """{"apis":["backgroundLocation"]}"""))
            assertEquals("[[ACCESS_COARSE_LOCATION, ACCESS_FINE_LOCATION]]", page.asked.toString())
            page.asked.clear()
            phone.granted.addAll(listOf(COARSE, FINE))
            page.grants = { true }
            page.ask("requestPermissions", """{"apis":["backgroundLocation"]}""")
            assertEquals("[[ACCESS_BACKGROUND_LOCATION]]", page.asked.toString())
            android.os.Build.VERSION.SDK_INT = 28
            phone.granted.remove(BACKGROUND)
            assertContains("\"backgroundLocation\":\"granted\"", page.ask("checkPermissions"))
        },
        // https://developer.android.com/about/versions/14/changes/schedule-exact-alarms
        "exact_alarms_are_allowed_on_a_page_of_the_settings" to { phone ->
            phone.alarms.allowsExact = false
            val page = Page(phone)
            val exact = """{"apis":["exactAlarms"]}"""
            assertContains("\"exactAlarms\":\"denied\"", page.ask("checkPermissions"))
            assertContains("`exactAlarms` is not on in the configuration", page.ask("requestPermissions", exact))
            phone.declared.add("android.permission.SCHEDULE_EXACT_ALARM")
            assertContains("\"exactAlarms\":\"prompt\"", page.ask("checkPermissions"))
            page.grants = { false }
            assertContains("\"exactAlarms\":\"prompt\"", page.ask("requestPermissions", exact))
            page.grants = { true }
            assertContains("\"exactAlarms\":\"granted\"", page.ask("requestPermissions", exact))
            assertEquals(List(2) { listOf("android.settings.REQUEST_SCHEDULE_EXACT_ALARM") }, page.asked)
            page.ask("requestPermissions", exact)
            assertEquals(2, page.asked.size)
            // Who asks while the settings are open is answered, too: Capacitor knows the last call only.
            phone.alarms.allowsExact = false
            val calls = List(2) { page.post("requestPermissions", JSONObject(exact)) }
            calls.forEach { assertContains("\"exactAlarms\":\"granted\"", page.data(it)) }
            // "In some cases, a matching Activity may not exist, so ensure you safeguard against this."
            phone.alarms.allowsExact = false
            phone.hasSettingsPages = false
            assertContains("UNAVAILABLE: the settings of this device have no page", page.ask("requestPermissions", exact))
        },
        // B-A21: what the manifest does not ask for is not asked for behind its back.
        "a_permission_that_is_not_declared_is_named" to { phone ->
            val answer = Page(phone).ask("requestPermissions", """{"apis":["geolocation"]}""")
            assertContains("Missing the following permissions in AndroidManifest.xml", answer)
            assertContains("ACCESS_FINE_LOCATION", answer)
        },
        "nobody_is_asked_about_notifications_before_android_13" to { phone ->
            android.os.Build.VERSION.SDK_INT = 32
            androidx.core.app.NotificationManagerCompat.isEnabled = false
            val page = Page(phone)
            assertContains("\"notifications\":\"denied\"", page.ask("requestPermissions", """{"apis":["notifications"]}"""))
            assertEquals("[]", page.asked.toString())
        },
    )
