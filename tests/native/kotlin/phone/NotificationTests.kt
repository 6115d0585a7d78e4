package io.ionic.backgroundrunner.device

import android.app.NotificationChannel
import android.app.PendingIntent
import android.content.Intent
import android.graphics.Bitmap
import android.os.Build
import android.os.Bundle
import android.util.Log
import androidx.core.app.NotificationCompat
import androidx.core.app.NotificationManagerCompat
import io.ionic.backgroundrunner.tests.assertContains
import io.ionic.backgroundrunner.tests.assertEquals
import org.json.JSONObject
import java.util.TimeZone

private const val DUE = "io.ionic.backgroundrunner.NOTIFICATION_DUE"
private const val NONCE = "io.ionic.backgroundrunner.NONCE"
private const val HOUR_MS = 3_600_000L

private val shown get() = NotificationManagerCompat.shown

/** Lets a runner do something with notifications. The result is what comes back, or what it fails with. */
private fun Phone.notify(code: String): String {
    script("addEventListener('e', (resolve) => { $code; resolve('done') })")
    return Page(this).dispatch("e")
}

private fun Phone.schedule(
    id: Int,
    time: Long,
) = assertEquals(
    """{"value":"done"}""",
    notify("CapacitorNotifications.schedule([{ id: $id, title: 't', body: 'b', scheduleAt: new Date($time) }])"),
)

/** While the phone was off, the [time] of a notification went by. */
private fun Phone.comesDue(
    id: Int,
    time: Long,
) {
    val store = preferences.getValue("io.ionic.backgroundrunner.notifications").values
    store["$id"] = JSONObject(store["$id"].toString()).put("time", time).toString()
}

/** What a notification says under a name, in words. */
private fun words(value: Any?): String =
    when (value) {
        is PendingIntent -> "${value.kind} ${value.intent.component} ${(value.intent.extras - NONCE).toSortedMap()}"
        is Bitmap -> "picture ${value.resource}"
        is Bundle -> value.getString("io.ionic.backgroundrunner.extra").orEmpty()
        else -> value.toString()
    }

private fun NotificationCompat.Shown.find(name: String): String = words(said[name])

val notificationTests: PhoneTests =
    mapOf(
        // B-A10
        "every_option_of_a_notification_counts" to { phone ->
            phone.resources.putAll(mapOf("drawable/bell" to 11, "mipmap/face" to 12))
            each(
                "" to "autoCancel" to "true",
                "" to "ongoing" to "false",
                "" to "title" to "t",
                "" to "text" to "b",
                "" to "channel" to "io.ionic.backgroundrunner",
                "" to "style" to "null",
                "" to "contentIntent" to "activity com.example.app.MainActivity " +
                    "{io.ionic.backgroundrunner.ACTION_TYPE_ID=, io.ionic.backgroundrunner.NOTIFICATION_ID=7}",
                "actionTypeId: 'open'" to "contentIntent" to "activity com.example.app.MainActivity " +
                    "{io.ionic.backgroundrunner.ACTION_TYPE_ID=open, io.ionic.backgroundrunner.NOTIFICATION_ID=7}",
                "autoCancel: false" to "autoCancel" to "false",
                "ongoing: true" to "ongoing" to "true",
                "channelId: 'news'" to "channel" to "news",
                "group: 'g'" to "group" to "g",
                "groupSummary: true" to "groupSummary" to "true",
                "groupSummary: 'true'" to "groupSummary" to "true",
                "groupSummary: 'false'" to "groupSummary" to "null",
                "largeBody: 'long'" to "style" to "long / null",
                "largeBody: 'long', summaryText: 'sum'" to "style" to "long / sum",
                "summaryText: 'sum'" to "style" to "b / sum",
                "smallIcon: 'bell'" to "smallIcon" to "11",
                "smallIcon: 'nothing'" to "smallIcon" to android.R.drawable.ic_dialog_info,
                "largeIcon: 'face'" to "largeIcon" to "picture 12",
                "largeIcon: 'nothing'" to "largeIcon" to "null",
                "sound: 'beep.wav'" to "sound" to "android.resource://com.example.app/raw/beep",
                "extra: { deep: [1] }" to "extras" to """{"deep":[1]}""",
            ) { (options, name) ->
                shown.clear()
                phone.notify("CapacitorNotifications.schedule([{ id: 7, title: 't', body: 'b', $options }])")
                shown.getValue("7").find(name)
            }
        },
        "an_icon_that_android_8_0_cannot_draw_is_not_shown" to { phone ->
            phone.resources.putAll(mapOf("drawable/bell" to 11, "mipmap/face" to 12))
            phone.adaptiveIcons.add(12)
            each(
                (26 to "bell") to "11",
                (26 to "face") to android.R.drawable.ic_dialog_info,
                (27 to "face") to "12",
            ) { (sdk, icon) ->
                Build.VERSION.SDK_INT = sdk
                phone.notify("CapacitorNotifications.schedule([{ id: 7, title: 't', body: 'b', smallIcon: '$icon' }])")
                shown.getValue("7").find("smallIcon")
            }
            // Releases before 4.0 took the icon of Capacitor's own notifications where a runner named none.
            Build.VERSION.SDK_INT = Phone.NEWEST
            val none = android.R.drawable.ic_dialog_info
            each("bell" to "11", "res://bell.png" to "11", "nothing" to none, "" to none) { icon ->
                val options = JSONObject().put("label", Phone.LABEL).put("src", "runner.js")
                phone.configure(options, ""","LocalNotifications":{"smallIcon":"$icon"}""")
                phone.notify("CapacitorNotifications.schedule([{ id: 7, title: 't', body: 'b' }])")
                shown.getValue("7").find("smallIcon")
            }
        },
        "a_channel_is_made_where_there_is_none" to { phone ->
            phone.channels.createNotificationChannel(NotificationChannel("mine", "My own", 4))
            val all = "['mine', 'new', undefined].map((channelId, id) => ({ id, title: 't', body: 'b', channelId }))"
            phone.notify("CapacitorNotifications.schedule($all)")
            val channels =
                phone.channels.all.values
                    .map { "${it.id} ${it.name} ${it.importance}" }
            assertEquals(listOf("mine My own 4", "new new 3", "io.ionic.backgroundrunner Example 3"), channels)
            Phone().use { old ->
                Build.VERSION.SDK_INT = 25
                old.notify("CapacitorNotifications.schedule([{ id: 1, title: 't', body: 'b' }])")
                assertEquals(0, old.channels.all.size)
                assertEquals(setOf("1"), shown.keys)
            }
        },
        // B-A9: the zone of the device has no say.
        "an_alarm_is_set_for_the_moment_that_was_meant" to { phone ->
            val zone = TimeZone.getDefault()
            val time = System.currentTimeMillis() / 1000 * 1000 + HOUR_MS + 123
            try {
                each("America/New_York" to time, "Asia/Kathmandu" to time, "UTC" to time) { name ->
                    TimeZone.setDefault(TimeZone.getTimeZone(name))
                    phone.schedule(1, time)
                    phone.alarms.all
                        .single()
                        .time
                }
            } finally {
                TimeZone.setDefault(zone)
            }
        },
        "what_is_scheduled_is_listed_and_taken_back" to { phone ->
            val hour = System.currentTimeMillis() + HOUR_MS

            fun list() = phone.notify("return resolve(CapacitorNotifications.getPending())")
            listOf(1 to hour + 2, 2 to hour, 3 to hour + 1, 2 to hour + 3).forEach { (id, time) -> phone.schedule(id, time) }
            phone.notify("CapacitorNotifications.schedule([{ id: 4, title: 'at once', body: 'b' }])")
            val listed = listOf(3 to hour + 1, 1 to hour + 2, 2 to hour + 3)

            fun entry(
                id: Int,
                time: Long,
            ) = """{"id":$id,"title":"t","body":"b","scheduleAt":$time}"""
            assertEquals(listed.joinToString(",", """{"value":[""", "]}") { (id, time) -> entry(id, time) }, list())
            phone.notify("CapacitorNotifications.cancel([{ id: 1 }, { id: 3 }, { id: 4 }, { id: 99 }])")
            assertEquals("""{"value":[${entry(2, hour + 3)}]}""", list())
            assertEquals(listOf(hour + 3), phone.alarms.all.map { it.time })
            assertEquals(setOf("4"), shown.keys)
            // A restart of the device brings nothing back.
            phone.reboot()
            assertEquals(listOf(hour + 3), phone.alarms.all.map { it.time })
        },
        "an_alarm_is_exact_if_that_is_wanted_and_allowed" to { phone ->
            each(
                Triple(false, 36, true) to "inexact",
                Triple(true, 36, true) to "exact",
                Triple(true, 36, false) to "inexact",
                Triple(true, 30, false) to "exact",
            ) { (wanted, sdk, allowed) ->
                Build.VERSION.SDK_INT = sdk
                phone.alarms.allowsExact = allowed
                phone.configure("""{"label":"${Phone.LABEL}","src":"runner.js","exactAlarms":$wanted}""")
                phone.schedule(1, System.currentTimeMillis() + HOUR_MS)
                phone.alarms.all
                    .single()
                    .kind
            }
            phone.configure("""{"label":"${Phone.LABEL}","src":"runner.js","exactAlarms":true}""")
            Build.VERSION.SDK_INT = Phone.NEWEST
            phone.alarms.allowsExact = true
            phone.alarms.refusesExact = true
            phone.schedule(2, System.currentTimeMillis() + HOUR_MS)
            assertEquals(
                "inexact",
                phone.alarms.all
                    .last()
                    .kind,
            )
        },
        "what_is_due_is_shown_once" to { phone ->
            phone.schedule(1, System.currentTimeMillis() + HOUR_MS)
            phone.schedule(2, System.currentTimeMillis() + HOUR_MS)
            assertEquals(setOf<String>(), shown.keys.toSet())
            val alarm = phone.alarms.all.first()
            assertEquals(DUE, alarm.operation.intent.action)
            phone.restart()
            phone.ring(alarm)
            assertEquals(setOf("1"), shown.keys.toSet())
            shown.clear()
            phone.ring(alarm)
            assertEquals(setOf<String>(), shown.keys.toSet())
            assertEquals(1, phone.alarms.all.size)
        },
        "the_same_number_is_the_same_notification" to { phone ->
            val time = System.currentTimeMillis() + HOUR_MS
            phone.schedule(1, time)
            phone.schedule(1, time + HOUR_MS)
            assertEquals(listOf(time + HOUR_MS), phone.alarms.all.map { it.time })
            // Shown now, it is not shown again later.
            phone.schedule(1, 1)
            assertEquals(setOf("1"), shown.keys.toSet())
            assertEquals(0, phone.alarms.all.size)
        },
        // B-A29
        "alarms_outlive_what_makes_android_forget_them" to { phone ->
            val later = System.currentTimeMillis() + HOUR_MS
            val past = System.currentTimeMillis() - HOUR_MS
            val expected = listOf(later, past)
            val forget: Map<String, (Phone) -> Unit> =
                mapOf(
                    "a restart of the device" to Phone::reboot,
                    "an update of the app" to {
                        it.alarms.set.clear()
                        it.receive(Intent(Intent.ACTION_MY_PACKAGE_REPLACED))
                    },
                    "the permission that comes and goes" to {
                        it.alarms.set.clear()
                        it.receive(Intent("android.app.action.SCHEDULE_EXACT_ALARM_PERMISSION_STATE_CHANGED"))
                    },
                    // No broadcast comes after the user has stopped the app by force.
                    "a stop by force" to {
                        it.alarms.set.clear()
                        it.restart()
                        Page(it).ask("getSchedules")
                        waitFor("the alarms are set") { it.alarms.all.size == 2 }
                    },
                )
            phone.schedule(1, later)
            phone.schedule(2, later)
            phone.comesDue(2, past)
            forget.forEach { (reason, act) ->
                act(phone)
                check(
                    expected ==
                        phone.alarms.all
                            .map { it.time }
                            .sortedDescending(),
                ) { "$reason loses alarms" }
            }
            // What is broken in the store keeps nothing else from coming back.
            phone.preferences.getValue("io.ionic.backgroundrunner.notifications").values["3"] = "{"
            phone.preferences.getValue("io.ionic.backgroundrunner.notifications").values["4"] = "{}"
            phone.reboot()
            check(
                phone.alarms.all
                    .map { it.time }
                    .containsAll(expected),
            )
            phone.alarms.all
                .toList()
                .forEach(phone::ring)
            assertEquals(setOf("1", "2"), shown.keys.toSet())
        },
        "what_may_not_be_shown_is_said_to_the_script" to { phone ->
            val code = "CapacitorNotifications.schedule([{ id: 1, title: 't', body: 'b' }])"
            val caught = "try { $code } catch (e) { resolve(e.code) }"
            NotificationManagerCompat.isEnabled = false
            assertEquals("""{"value":"PERMISSION_DENIED"}""", phone.notify(caught))
            // 4 of 16 apps have forgotten it.
            assertContains("does not declare `android.permission.POST_NOTIFICATIONS`", phone.notify(code))
            phone.declared.add("android.permission.POST_NOTIFICATIONS")
            assertContains("requestPermissions", phone.notify(code))
            NotificationManagerCompat.isEnabled = true
            NotificationManagerCompat.refuses = true
            assertEquals("""{"value":"PERMISSION_DENIED"}""", phone.notify(caught))
            assertEquals(setOf<String>(), shown.keys.toSet())
        },
        "a_notification_that_comes_too_late_for_its_permission_is_dropped_aloud" to { phone ->
            phone.schedule(1, System.currentTimeMillis() + HOUR_MS)
            NotificationManagerCompat.refuses = true
            phone.ring(phone.alarms.all.single())
            check(Log.lines.any { it.startsWith("W/BackgroundRunner: notification 1 is not shown") }) { Log.lines.last() }
            NotificationManagerCompat.refuses = false
            phone.reboot()
            assertEquals(0, phone.alarms.all.size)
        },
        // Android refuses these when the notification is shown, in a receiver: an exception there ends the app.
        "what_android_would_refuse_later_is_refused_now" to { phone ->
            val later = "scheduleAt: new Date(Date.now() + 60000)"
            for (time in listOf(later, "")) {
                val code = "CapacitorNotifications.schedule([{ id: 1, title: 't', body: 'b', channelId: '', $time }])"
                assertEquals("""{"value":"INVALID_ARGUMENT"}""", phone.notify("try { $code } catch (e) { resolve(e.code) }"))
            }
            assertEquals(0, phone.alarms.all.size)
        },
        "a_receiver_survives_what_it_cannot_show" to { phone ->
            phone.schedule(1, System.currentTimeMillis() + HOUR_MS)
            val store = phone.preferences.getValue("io.ionic.backgroundrunner.notifications")
            store.values["1"] = store.values["1"].toString().replace(""""id":1""", """"id":1,"channelId":""""")
            phone.ring(phone.alarms.all.single())
            check(Log.lines.any { it.startsWith("W/BackgroundRunner: notification 1 is not shown") }) { Log.lines.last() }
        },
        // https://developer.android.com/about/versions/14/changes/schedule-exact-alarms, and 500 alarms of an app.
        "more_alarms_than_android_sets_are_refused_aloud" to { phone ->
            val rest = "title: 't', body: 'b', scheduleAt: new Date(Date.now() + 3600000)"
            val many = "Array.from({ length: 500 }, (_, id) => ({ id: id + 1, $rest }))"
            assertEquals("""{"value":"done"}""", phone.notify("CapacitorNotifications.schedule($many)"))
            val one = "CapacitorNotifications.schedule([{ id: 501, $rest }])"
            assertEquals("""{"value":"UNAVAILABLE"}""", phone.notify("try { $one } catch (e) { resolve(e.code) }"))
            phone.reboot()
            assertEquals(500, phone.alarms.all.size)
        },
        // Preferences travel in a backup.
        "a_new_phone_shows_no_reminder_of_the_old_one" to { phone ->
            phone.schedule(1, System.currentTimeMillis() + HOUR_MS)
            phone.schedule(2, System.currentTimeMillis() + HOUR_MS)
            phone.reboot()
            phone.comesDue(2, System.currentTimeMillis() - HOUR_MS)
            Phone().use { other ->
                val backup = phone.preferences.getValue("io.ionic.backgroundrunner.notifications").values
                val restored = other.context.getSharedPreferences("io.ionic.backgroundrunner.notifications", 0) as MemoryPreferences
                restored.values.putAll(backup)
                other.reboot()
                assertEquals(setOf("1"), restored.values.keys - "device")
                assertEquals(1, other.alarms.all.size)
            }
            // On the phone itself what became due while it was off is shown.
            phone.reboot()
            assertEquals(2, phone.alarms.all.size)
        },
        // Contract C6: the receiver is declared for the runners that list notifications.
        "what_cannot_come_later_is_refused_now" to { phone ->
            phone.receivers.clear()
            val now = "CapacitorNotifications.schedule([{ id: 1, title: 't', body: 'b' }])"
            val later = now.replace("'b'", "'b', scheduleAt: new Date(Date.now() + 60000)")
            assertEquals("""{"value":"UNAVAILABLE"}""", phone.notify("try { $later } catch (e) { resolve(e.code) }"))
            assertContains("`apis`", phone.notify(later))
            assertEquals(0, phone.alarms.all.size)
            phone.notify(now.replace("}]", "}, { id: 2, title: 't', body: 'b', scheduleAt: new Date(Date.now() + 60000) }]"))
            assertEquals(setOf<String>(), shown.keys.toSet())
            phone.notify(now)
            assertEquals(setOf("1"), shown.keys.toSet())
        },
        // B-A12
        "the_badge_counts_and_goes" to { phone ->
            phone.notify("CapacitorNotifications.setBadge({ count: 3, notificationTitle: 'T', notificationSubtitle: 'S' })")
            val (key, badge) = shown.entries.single()
            assertEquals("io.ionic.backgroundrunner.badge 0", key)
            assertEquals("3 T S true", listOf("number", "title", "text", "silent").joinToString(" ") { badge.find(it) })
            assertEquals("activity com.example.app.MainActivity {}", badge.find("contentIntent"))
            phone.notify("CapacitorNotifications.clearBadge()")
            assertEquals(setOf<String>(), shown.keys.toSet())
            phone.notify("CapacitorNotifications.setBadge({ count: 2 }); CapacitorNotifications.setBadge({ count: 0 })")
            assertEquals(setOf<String>(), shown.keys.toSet())
        },
    )

private fun tap(
    id: Int,
    options: String = "",
    phone: Phone,
): Intent {
    phone.notify("CapacitorNotifications.schedule([{ id: $id, title: 't', body: 'b', $options }])")
    return Intent((shown.getValue("$id").said["contentIntent"] as PendingIntent).intent)
}

private const val RECEIVED = "backgroundRunnerNotificationReceived"

private fun Page.heard(id: String): String = next(id).getJSONObject("data").run { "${get("notificationId")} ${get("actionTypeId")}" }

/** The whole event, in words. */
private fun Page.event(id: String): String {
    val event = next(id).getJSONObject("data")
    return event
        .keys()
        .asSequence()
        .sorted()
        .joinToString { "$it=${event.get(it)}" }
}

val tapTests: PhoneTests =
    mapOf(
        // B-A11
        "a_tap_reaches_the_page_that_is_open" to { phone ->
            val intent = tap(7, "actionTypeId: 'open'", phone)
            val page = Page(phone)
            val first = page.listen(RECEIVED)
            val second = page.listen(RECEIVED)
            page.settle()
            page.bridge.onNewIntent(intent)
            assertEquals("7 open", page.heard(first))
            assertEquals("7 open", page.heard(second))
            page.bridge.onNewIntent(launcher())
            page.bridge.onNewIntent(tap(8, "", phone))
            assertEquals("8 ", page.heard(first))
        },
        "each_of_several_notifications_says_which_it_is" to { phone ->
            val ids = "[1, 2, 3].map((id) => ({ id, title: 't', body: 'b', actionTypeId: 'a' + id }))"
            phone.notify("CapacitorNotifications.schedule($ids)")
            val intents = shown.values.map { Intent((it.said["contentIntent"] as PendingIntent).intent) }
            val page = Page(phone)
            val listener = page.listen(RECEIVED)
            page.settle()
            intents.reversed().forEach(page.bridge::onNewIntent)
            assertEquals(listOf("3 a3", "2 a2", "1 a1"), List(3) { page.heard(listener) })
        },
        "a_tap_brings_what_the_notification_was_scheduled_with" to { phone ->
            val page = Page(phone)
            val listener = page.listen(RECEIVED)
            page.settle()
            val extras = listOf("{ order: 3, note: null }", "'text'", "0.5", "[null]", "false", "''")
            extras.forEach { page.bridge.onNewIntent(tap(7, "extra: $it", phone)) }
            val told = listOf("{\"order\":3,\"note\":null}", "text", "0.5", "[null]", "false", "")
            told.forEach { assertEquals("actionId=tap, actionTypeId=, extra=$it, notificationId=7", page.event(listener)) }
            page.bridge.onNewIntent(tap(8, "", phone))
            assertEquals("actionId=tap, actionTypeId=, notificationId=8", page.event(listener))
        },
        "a_tap_that_starts_the_app_waits_for_its_listener" to { phone ->
            val intent = tap(7, "", phone)
            phone.restart()
            val page = Page(phone, intent)
            page.bridge.onNewIntent(tap(8, "", phone))
            page.settle()
            val listener = page.listen(RECEIVED)
            assertEquals("7 ", page.heard(listener))
            assertEquals("8 ", page.heard(listener))
            // Turning the device makes the activity anew, with the intent that it had.
            val again = Page(phone, intent)
            val unheard = again.listen(RECEIVED)
            again.settle()
            check(!again.hasAnswer(unheard)) { "the tap is told twice" }
        },
        // The process ends, and the activity is made anew with the intent of its first tap, whatever was tapped since.
        "a_tap_is_told_once_after_the_end_of_the_process" to { phone ->
            val first = tap(7, "", phone)
            val page = Page(phone, Intent(first))
            val listener = page.listen(RECEIVED)
            assertEquals("7 ", page.heard(listener))
            page.bridge.onNewIntent(tap(8, "", phone))
            assertEquals("8 ", page.heard(listener))
            phone.restart()
            val again = Page(phone, Intent(first))
            val unheard = again.listen(RECEIVED)
            again.settle()
            check(!again.hasAnswer(unheard)) { "the tap is told twice" }
            // Another notification of the same number is another tap.
            val next = Page(phone, Intent(tap(7, "", phone)))
            assertEquals("7 ", next.heard(next.listen(RECEIVED)))
        },
        // Others use the launcher's intent with the same code, and would find their extras replaced.
        "pending_intents_do_not_share_a_code_with_those_of_others" to { phone ->
            val theirs = PendingIntent.getActivity(phone.context, 0, launcher().putExtra("theirs", "kept"), 0x4000000)
            phone.notify("CapacitorNotifications.setBadge({ count: 1 })")
            phone.notify("CapacitorNotifications.schedule([{ id: 0, title: 't', body: 'b' }])")
            assertEquals(setOf("theirs"), theirs.intent.extras.keys)
        },
        "a_tap_of_long_ago_is_not_told_again" to { phone ->
            // Android hands a task that is opened from the list of recent ones the intent that it was made with.
            val intent = tap(7, "", phone).addFlags(Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY)
            phone.restart()
            val page = Page(phone, intent)
            val listener = page.listen(RECEIVED)
            page.settle()
            check(!page.hasAnswer(listener)) { "the tap is told again" }
        },
        // B-A20
        "removed_listeners_hear_nothing_and_others_do" to { phone ->
            val page = Page(phone)
            val taps = List(2) { page.listen(RECEIVED) }
            val logs = page.listen("backgroundRunnerLog")
            assertEquals("nothing", page.ask("removeNotificationListeners"))
            page.bridge.onNewIntent(tap(7, "", phone))
            phone.script("addEventListener('e', (resolve) => { console.log('here'); resolve() })")
            page.dispatch("e")
            assertEquals("here", page.next(logs).getJSONObject("data").getString("text"))
            taps.forEach { check(!page.hasAnswer(it)) { "a removed listener is told" } }
            // A listener that comes afterwards hears again, also of what nobody has heard.
            assertEquals("7 ", page.heard(page.listen(RECEIVED)))
        },
    )
