package io.ionic.backgroundrunner.device

import android.app.ActivityManager
import android.app.AlarmManager
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.SharedPreferences
import android.location.Location
import android.location.LocationManager
import android.net.ConnectivityManager
import android.net.Network
import android.net.NetworkCapabilities
import android.os.BatteryManager
import android.os.Build
import android.util.Log
import androidx.core.app.NotificationManagerCompat
import androidx.work.CoroutineWorker
import androidx.work.ListenableWorker
import androidx.work.WorkInfo
import androidx.work.WorkManager
import androidx.work.WorkerParameters
import kotlinx.coroutines.CancellationException
import org.json.JSONObject
import java.io.File
import java.nio.file.Files

/** A device with our app on it, after the first start of Android. What is here outlives the app's process. */
class Phone : AutoCloseable {
    val files: File = Files.createTempDirectory("phone").toFile()
    val assets = mutableMapOf<String, ByteArray>()
    val preferences = mutableMapOf<String, MemoryPreferences>()

    /** What the app's manifest asks for, and what the user has granted of it. */
    val declared = mutableSetOf<String>()
    val granted = mutableSetOf<String>()
    val receivers = mutableSetOf("io.ionic.backgroundrunner.NotificationReceiver")
    val resources = mutableMapOf<String, Int>()
    val alarms = Alarms()
    val locations = Locations()
    val network = Connectivity()
    val channels = Channels()
    var battery: Intent? = battery(50, 100, BatteryManager.BATTERY_STATUS_DISCHARGING)
    var versionCode = 7
    var versionName: String? = "1.2.3"
    val context = AppContext(this)
    val works: WorkManager

    init {
        Build.VERSION.SDK_INT = NEWEST
        ActivityManager.importance = BACKGROUND
        NotificationManagerCompat.isEnabled = true
        NotificationManagerCompat.refuses = false
        NotificationManagerCompat.shown.clear()
        PendingIntent.all.clear()
        Log.lines.clear()
        works = WorkManager.getInstance(context)
        works.works.clear()
        works.calls.clear()
        restart()
        configure(JSONObject().put("label", LABEL).put("src", "runner.js"))
        script("")
    }

    fun configure(options: JSONObject?) {
        // The service worker's controller is a part of the web view that is not pretended.
        val android = """{"resolveServiceWorkerRequests":false}"""
        val text = """{"android":$android,"plugins":{"BackgroundRunner":${options ?: "null"}}}"""
        assets["capacitor.config.json"] = text.toByteArray()
    }

    fun configure(options: String) = configure(JSONObject(options))

    fun script(
        source: String,
        path: String = "runner.js",
    ) {
        assets["public/$path"] = source.toByteArray()
    }

    /** The process ends: what was in its memory is gone. */
    fun restart() =
        listOf("Runners", "Scheduler").forEach { name ->
            val field = Class.forName("io.ionic.backgroundrunner.$name").getDeclaredField("instance")
            field.isAccessible = true
            field.set(null, null)
        }

    /** The device is turned off and on: Android forgets its alarms, and says so when it is back. */
    fun reboot() {
        restart()
        alarms.set.clear()
        receive(Intent(Intent.ACTION_BOOT_COMPLETED))
    }

    /** A broadcast for the receiver of the plugin, if the app has declared it. */
    fun receive(intent: Intent) {
        val receiver = receivers.singleOrNull() ?: return
        (Class.forName(receiver).getDeclaredConstructor().newInstance() as BroadcastReceiver).onReceive(context, intent)
    }

    /** The time of an alarm has come. */
    fun ring(alarm: Alarm) {
        alarms.set.remove(alarm.operation)
        receive(Intent(alarm.operation.intent))
    }

    /** The system starts work that was submitted. The result is what its worker says. */
    suspend fun work(name: String): String {
        val info = checkNotNull(works.find(name)) { "`$name` is not among ${works.works.map { it.name }}" }
        info.state = WorkInfo.State.RUNNING
        val parameters = WorkerParameters(info.request.input, info.runAttemptCount)
        val maker = info.request.worker.getConstructor(Context::class.java, WorkerParameters::class.java)
        val worker = maker.newInstance(context, parameters) as CoroutineWorker
        val result =
            try {
                worker.doWork()
            } catch (stopped: CancellationException) {
                info.state = WorkInfo.State.ENQUEUED
                throw stopped
            } catch (error: Throwable) {
                println("the worker threw $error")
                ListenableWorker.Result.failure()
            }
        info.finished(result)
        return result.toString()
    }

    override fun close() {
        files.deleteRecursively()
    }

    companion object {
        const val LABEL = "com.example.task"
        const val NEWEST = 36
        const val BACKGROUND = 400
    }
}

fun battery(
    level: Int,
    scale: Int,
    status: Int,
): Intent =
    Intent(Intent.ACTION_BATTERY_CHANGED)
        .putExtra(BatteryManager.EXTRA_LEVEL, level)
        .putExtra(BatteryManager.EXTRA_SCALE, scale)
        .putExtra(BatteryManager.EXTRA_STATUS, status)

/** An alarm, as it was asked for. */
class Alarm(
    val kind: String,
    val time: Long,
    val operation: PendingIntent,
)

class Alarms : AlarmManager() {
    val set = linkedMapOf<PendingIntent, Alarm>()
    var allowsExact = true

    /** Whether the user takes the permission back between the question and the alarm. */
    var refusesExact = false

    val all get() = set.values.toList()

    override fun canScheduleExactAlarms(): Boolean = allowsExact

    override fun setExactAndAllowWhileIdle(
        type: Int,
        time: Long,
        operation: PendingIntent,
    ) {
        if (refusesExact) throw SecurityException("SCHEDULE_EXACT_ALARM is not granted")
        set[operation] = Alarm("exact", time, operation)
    }

    override fun setAndAllowWhileIdle(
        type: Int,
        time: Long,
        operation: PendingIntent,
    ) {
        set[operation] = Alarm("inexact", time, operation)
    }

    override fun cancel(operation: PendingIntent) {
        set.remove(operation)
    }
}

class Channels : NotificationManager() {
    val all = linkedMapOf<String, NotificationChannel>()

    override fun getNotificationChannel(id: String): NotificationChannel? = all[id]

    /** A channel that exists keeps what the user has chosen for it. */
    override fun createNotificationChannel(channel: NotificationChannel) {
        all.putIfAbsent(channel.id, channel)
    }
}

class Locations : LocationManager() {
    val fixes = linkedMapOf<String, Fix>()
    val forbidden = mutableSetOf<String>()

    override fun getProviders(enabledOnly: Boolean): List<String> = fixes.keys.toList() + forbidden

    override fun getLastKnownLocation(provider: String): Location? =
        if (provider in forbidden) throw SecurityException("`$provider` needs more") else fixes[provider]
}

/** Where the device was. */
class Fix(
    private val uptimeMs: Long,
    private val place: Double,
    private val complete: Boolean = true,
) : Location("") {
    override fun getLatitude() = place

    override fun getLongitude() = -place

    override fun getAccuracy() = 4.5f

    override fun getTime() = 1_700_000_000_000L + uptimeMs

    override fun getElapsedRealtimeNanos() = uptimeMs * 1_000_000

    override fun hasAltitude() = complete

    override fun getAltitude() = 8.0

    override fun hasVerticalAccuracy() = complete

    override fun getVerticalAccuracyMeters() = 2.0f

    override fun hasSpeed() = complete

    override fun getSpeed() = 1.5f

    override fun hasBearing() = complete

    override fun getBearing() = 90.0f
}

class Connectivity : ConnectivityManager() {
    /** What the network is over, and whether it leads to the internet; null without one. */
    var active: Pair<Int, Boolean>? = null

    override fun getActiveNetwork(): Network? = active?.let { Network() }

    override fun getNetworkCapabilities(network: Network?): NetworkCapabilities? =
        active?.let { (transport, internet) ->
            object : NetworkCapabilities(null) {
                override fun hasTransport(type: Int) = type == transport

                override fun hasCapability(capability: Int) = internet && capability == NET_CAPABILITY_INTERNET
            }
        }
}

/** Preferences that are written when an edit is. */
class MemoryPreferences : SharedPreferences {
    val values = linkedMapOf<String, Any?>()

    override fun getAll(): Map<String, *> = synchronized(values) { values.toMap() }

    private inline fun <reified T> get(
        key: String,
        otherwise: T,
    ): T = synchronized(values) { if (key in values) values[key] as T else otherwise }

    override fun getString(
        key: String,
        otherwise: String?,
    ): String? = get(key, otherwise)

    override fun getStringSet(
        key: String,
        otherwise: Set<String>?,
    ): Set<String>? = get(key, otherwise)

    override fun getInt(
        key: String,
        otherwise: Int,
    ): Int = get(key, otherwise)

    override fun getLong(
        key: String,
        otherwise: Long,
    ): Long = get(key, otherwise)

    override fun getFloat(
        key: String,
        otherwise: Float,
    ): Float = get(key, otherwise)

    override fun getBoolean(
        key: String,
        otherwise: Boolean,
    ): Boolean = get(key, otherwise)

    override fun contains(key: String): Boolean = synchronized(values) { key in values }

    override fun edit(): SharedPreferences.Editor = Edit()

    override fun registerOnSharedPreferenceChangeListener(listener: SharedPreferences.OnSharedPreferenceChangeListener) = Unit

    override fun unregisterOnSharedPreferenceChangeListener(listener: SharedPreferences.OnSharedPreferenceChangeListener) = Unit

    private inner class Edit : SharedPreferences.Editor {
        private val changes = linkedMapOf<String, Any?>()
        private var clears = false

        private fun put(
            key: String,
            value: Any?,
        ): SharedPreferences.Editor = apply { changes[key] = value }

        override fun putString(
            key: String,
            value: String?,
        ) = put(key, value)

        override fun putStringSet(
            key: String,
            value: Set<String>?,
        ) = put(key, value)

        override fun putInt(
            key: String,
            value: Int,
        ) = put(key, value)

        override fun putLong(
            key: String,
            value: Long,
        ) = put(key, value)

        override fun putFloat(
            key: String,
            value: Float,
        ) = put(key, value)

        override fun putBoolean(
            key: String,
            value: Boolean,
        ) = put(key, value)

        override fun remove(key: String) = put(key, null)

        override fun clear(): SharedPreferences.Editor = apply { clears = true }

        override fun commit(): Boolean =
            synchronized(values) {
                if (clears) values.clear()
                changes.forEach { (key, value) -> if (value == null) values.remove(key) else values[key] = value }
                true
            }

        override fun apply() {
            commit()
        }
    }
}
