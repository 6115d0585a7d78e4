package io.ionic.backgroundrunner.device

import android.app.ActivityManager
import android.app.Application
import android.app.PendingIntent
import android.content.Intent
import android.os.Build
import androidx.core.app.NotificationManagerCompat
import androidx.work.WorkInfo
import java.io.File

/** What a phone knows at this moment, beside the memory of the app's process. */
class Storage(
    private val phone: Phone,
) {
    private val files =
        phone.files
            .walk()
            .filter { it.isFile }
            .associateWith { it.readBytes() }
    private val preferences = phone.preferences.mapValues { (_, it) -> it.written }
    private val alarms = synchronized(phone.alarms.set) { phone.alarms.set.toMap() }
    private val channels = synchronized(phone.channels.all) { phone.channels.all.toMap() }
    private val intents = PendingIntent.all.associateWith { Intent(it.intent) }
    private val shown = NotificationManagerCompat.shown.toMap()
    private val works = phone.works.works.map { it to it.copy() }
    private val calls = phone.works.calls.toList()
    private val hooks = phone.works.run { Triple(before, stopped, isBroken) }
    private val device = listOf(Build.VERSION.SDK_INT, ActivityManager.importance)
    private val process = Application.processName
    private val isAllowed = NotificationManagerCompat.isEnabled to NotificationManagerCompat.refuses

    /** Makes it what the phone knows again. The system starts anew what it was at. */
    fun restore() {
        restoreFiles()
        synchronized(phone.preferences) {
            phone.preferences.keys.retainAll(preferences.keys)
            preferences.forEach { (name, values) -> phone.preferences.getValue(name).replaceBy(values) }
        }
        replace(phone.alarms.set, alarms)
        replace(phone.channels.all, channels)
        replace(NotificationManagerCompat.shown, shown)
        intents.forEach { (intent, carried) -> intent.intent = carried }
        PendingIntent.all.retainAll(intents.keys)
        PendingIntent.all.addAllAbsent(intents.keys)
        restoreWork()
        Build.VERSION.SDK_INT = device[0]
        ActivityManager.importance = device[1]
        Application.processName = process
        NotificationManagerCompat.isEnabled = isAllowed.first
        NotificationManagerCompat.refuses = isAllowed.second
    }

    private fun restoreFiles() {
        phone.files
            .walk()
            .filter { it.isFile && it !in files }
            .forEach(File::delete)
        files.forEach { (file, bytes) ->
            file.parentFile.mkdirs()
            file.writeBytes(bytes)
        }
    }

    private fun restoreWork() {
        works.forEach { (work, copy) -> work.become(copy) }
        works.map { (work, _) -> work }.filter { it.state == WorkInfo.State.RUNNING }.forEach { it.state = WorkInfo.State.ENQUEUED }
        phone.works.works.clear()
        phone.works.works.addAll(works.map { (work, _) -> work })
        phone.works.calls.clear()
        phone.works.calls.addAll(calls)
        phone.works.before = hooks.first
        phone.works.stopped = hooks.second
        phone.works.isBroken = hooks.third
    }

    private fun <K, V> replace(
        map: MutableMap<K, V>,
        entries: Map<K, V>,
    ) = synchronized(map) {
        map.keys.retainAll(entries.keys)
        map.putAll(entries)
    }
}
