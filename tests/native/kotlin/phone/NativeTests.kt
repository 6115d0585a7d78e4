package io.ionic.backgroundrunner.device

import android.os.Handler
import android.os.Looper
import android.util.Log
import io.ionic.backgroundrunner.BackgroundRunner
import io.ionic.backgroundrunner.core.HostException
import io.ionic.backgroundrunner.core.Outcome
import io.ionic.backgroundrunner.core.Request
import io.ionic.backgroundrunner.core.RunnerException
import io.ionic.backgroundrunner.tests.assertEquals
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

val nativeTests: PhoneTests =
    mapOf(
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
                    dispatch?.cancel()
                    dispatch?.cancel()
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
            assertEquals(null, BackgroundRunner.dispatch(phone.context, Phone.LABEL, "e", null, heard))
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
        },
    )
