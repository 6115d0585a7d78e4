package io.ionic.backgroundrunner.device

import android.app.ActivityManager
import android.net.NetworkCapabilities
import android.os.BatteryManager
import io.ionic.backgroundrunner.tests.assertContains
import io.ionic.backgroundrunner.tests.assertEquals
import org.json.JSONObject
import java.io.File

/** What an expression is in a runner on this phone. */
private fun Phone.value(expression: String): String {
    script("addEventListener('e', (resolve) => resolve($expression))")
    val answer = Page(this).dispatch("e")
    return if (answer.startsWith("{")) JSONObject(answer)["value"].toString() else answer
}

private const val POSITION = "CapacitorGeolocation.getCurrentPosition()"

val deviceTests: PhoneTests =
    mapOf(
        // B-A14
        "the_network_has_the_documented_names" to { phone ->
            each(
                null to """{"connected":false,"connectionType":"none"}""",
                (NetworkCapabilities.TRANSPORT_WIFI to true) to """{"connected":true,"connectionType":"wifi"}""",
                (NetworkCapabilities.TRANSPORT_CELLULAR to true) to """{"connected":true,"connectionType":"cellular"}""",
                (NetworkCapabilities.TRANSPORT_ETHERNET to true) to """{"connected":true,"connectionType":"unknown"}""",
                (NetworkCapabilities.TRANSPORT_WIFI to false) to """{"connected":false,"connectionType":"none"}""",
            ) { active ->
                phone.network.active = active
                phone.value("CapacitorDevice.getNetworkStatus()")
            }
        },
        "the_battery_is_a_part_of_one" to { phone ->
            each(
                battery(50, 100, BatteryManager.BATTERY_STATUS_DISCHARGING) to """{"batteryLevel":0.5,"isCharging":false}""",
                battery(1, 4, BatteryManager.BATTERY_STATUS_CHARGING) to """{"batteryLevel":0.25,"isCharging":true}""",
                battery(100, 100, BatteryManager.BATTERY_STATUS_FULL) to """{"batteryLevel":1,"isCharging":true}""",
                battery(0, 0, BatteryManager.BATTERY_STATUS_UNKNOWN) to """{"batteryLevel":-1,"isCharging":false}""",
                null to """{"batteryLevel":-1,"isCharging":false}""",
            ) { battery ->
                phone.battery = battery
                phone.value("CapacitorDevice.getBatteryStatus()")
            }
        },
        // B-A13
        "the_freshest_position_counts" to { phone ->
            ActivityManager.importance = 100
            // One that the manifest does not declare is never granted: it is named.
            assertContains("does not declare `android.permission.ACCESS_COARSE_LOCATION`", phone.value(POSITION))
            phone.declared.add("android.permission.ACCESS_COARSE_LOCATION")
            assertContains("not allowed", phone.value(POSITION))
            assertEquals("PERMISSION_DENIED", phone.value("(() => { try { $POSITION } catch (e) { return e.code } })()"))
            phone.granted.add("android.permission.ACCESS_COARSE_LOCATION")
            assertEquals("null", phone.value(POSITION))
            phone.locations.fixes.putAll(listOf("gps" to Fix(10, 1.0), "network" to Fix(30, 2.0), "passive" to Fix(20, 3.0)))
            phone.locations.forbidden.add("fused")
            val whole =
                """{"latitude":2,"longitude":-2,"accuracy":4.5,"altitude":8,"speed":1.5,"heading":90,""" +
                    """"altitudeAccuracy":2,"timestamp":1700000000030}"""
            assertEquals(keys(whole), keys(phone.value(POSITION)))
            phone.locations.fixes["passive"] = Fix(40, 3.0, complete = false)
            val parts = JSONObject(phone.value(POSITION))
            assertEquals("3", parts["latitude"].toString())
            listOf("altitude", "speed", "heading", "altitudeAccuracy").forEach { assertEquals(true, parts.isNull(it)) }
        },
        // https://developer.android.com/about/versions/10/privacy/changes#app-access-device-location
        "a_position_in_the_background_needs_the_stronger_permission" to { phone ->
            val background = "android.permission.ACCESS_BACKGROUND_LOCATION"
            phone.declared.addAll(listOf("android.permission.ACCESS_COARSE_LOCATION", background))
            phone.granted.add("android.permission.ACCESS_COARSE_LOCATION")
            phone.locations.fixes["gps"] = Fix(10, 1.0)
            val code = "(() => { try { return $POSITION.latitude } catch (e) { return e.code } })()"
            each(
                Triple(36, 400, false) to "PERMISSION_DENIED",
                Triple(36, 300, false) to "PERMISSION_DENIED",
                Triple(36, 400, true) to "1",
                Triple(36, 100, false) to "1",
                Triple(36, 125, false) to "1",
                Triple(28, 400, false) to "1",
            ) { (sdk, importance, granted) ->
                android.os.Build.VERSION.SDK_INT = sdk
                ActivityManager.importance = importance
                if (granted) phone.granted.add(background) else phone.granted.remove(background)
                phone.value(code)
            }
            android.os.Build.VERSION.SDK_INT = Phone.NEWEST
            ActivityManager.importance = 400
            phone.granted.remove(background)
            assertContains("`backgroundLocation`", phone.value(POSITION))
            phone.declared.remove(background)
            assertContains("does not declare `$background`", phone.value(POSITION))
        },
        // Releases before 4.0 named the preferences by the label, as it is; native code reads and writes there.
        "what_a_runner_kept_before_is_where_it_was" to { phone ->
            for (label in listOf("com.example.task", "100%", "a b", "日本")) {
                phone.configure(JSONObject().put("label", label).put("src", "runner.js"))
                phone.restart()
                (phone.context.getSharedPreferences(label, 0) as MemoryPreferences).values["old"] = "kept"
                phone.script("addEventListener('e', (resolve) => { CapacitorKV.set('new', 'x'); resolve(CapacitorKV.get('old').value) })")
                val answer = Page(phone).ask("dispatchEvent", JSONObject().put("label", label).put("event", "e").toString())
                assertEquals("""{"value":"kept"}""", answer)
                assertEquals("x", phone.preferences.getValue(label).values["new"])
            }
        },
        "the_app_is_described" to { phone ->
            each("1.2.3" to "1.2.3", null to "") { version ->
                phone.versionName = version
                val info = JSONObject(phone.value("CapacitorApp.getInfo()"))
                assertEquals("Example $PACKAGE 7", "${info["name"]} ${info["id"]} ${info["build"]}")
                info["version"]
            }
            each(100 to "true", 125 to "false", 400 to "false") { importance ->
                ActivityManager.importance = importance
                JSONObject(phone.value("CapacitorApp.getState()"))["isActive"]
            }
        },
        "what_a_runner_keeps_is_its_own_and_stays" to { phone ->
            val runners = listOf("a", "b", "c/d").joinToString(",") { """{"label":"$it","src":"runner.js"}""" }
            phone.configure("""{"runners":[$runners]}""")
            phone.script(
                """addEventListener('e', (resolve, reject, { set }) => {
                  if (set !== undefined) CapacitorKV.set('key', set);
                  resolve(CapacitorKV.get('key'));
                })""",
            )

            fun ask(
                label: String,
                details: String = "{}",
            ): String = Page(phone).ask("dispatchEvent", """{"label":"$label","event":"e","details":$details}""")
            assertEquals("""{"value":{"value":""}}""", ask("a", """{"set":""}"""))
            assertEquals("""{"value":{"value":"héllo 🏃 \u0000"}}""", ask("c/d", """{"set":"héllo 🏃 \u0000"}"""))
            phone.restart()
            assertEquals("""{"value":{"value":""}}""", ask("a"))
            assertEquals("""{"value":null}""", ask("b"))
            assertContains("héllo", ask("c/d"))
            // A number that the app's own code has put there is not text.
            phone.preferences.getValue("b").values["key"] = 7
            assertEquals("""{"value":null}""", ask("b"))
        },
        // A live update is served from a folder until the app itself is another one.
        "a_live_update_counts_until_the_app_is_updated" to { phone ->
            update(phone)
            phone.script("addEventListener('e', (resolve) => resolve('bundled'))")
            assertEquals("updated", phone.native("e"))
            phone.versionCode = 8
            assertEquals("bundled", phone.native("e"))
        },
        "no_path_leads_out_of_the_assets" to { phone ->
            update(phone)
            File(phone.files, "secret.js").writeText("addEventListener('e', (resolve) => resolve('out'))")
            each(
                "../secret.js" to "SOURCE_NOT_FOUND",
                "a/../../secret.js" to "SOURCE_NOT_FOUND",
                "./runner.js" to """{"value"""",
            ) { path ->
                phone.configure(JSONObject().put("label", Phone.LABEL).put("src", path))
                phone.restart()
                Page(phone).dispatch("e").substringBefore(':')
            }
        },
        "apis_of_other_platforms_say_so" to { phone ->
            val call = "CapacitorWatch.updateWatchUI({ watchUI: '' })"
            assertEquals("UNAVAILABLE", phone.value("(() => { try { $call } catch (e) { return e.code } })()"))
        },
    )

/** Files that a live update has brought, as Capacitor remembers them. */
private fun update(phone: Phone) {
    val folder = File(phone.files, "update").apply { mkdirs() }
    File(folder, "runner.js").writeText("addEventListener('e', (resolve) => resolve('updated'))")
    val settings = phone.context.getSharedPreferences("CapWebViewSettings", 0).edit()
    settings.putString("serverBasePath", folder.path)
    settings.putString("lastBinaryVersionCode", "7").putString("lastBinaryVersionName", "1.2.3").commit()
}

private fun keys(text: String): Map<String, String> = JSONObject(text).run { keys().asSequence().associateWith { get(it).toString() } }
