package io.ionic.backgroundrunner.device

import android.app.ActivityManager
import android.app.AlarmManager
import android.app.Application
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
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.util.Log
import androidx.core.app.NotificationManagerCompat
import androidx.work.CoroutineWorker
import androidx.work.ForegroundInfo
import androidx.work.ListenableWorker
import androidx.work.WorkInfo
import androidx.work.WorkManager
import androidx.work.WorkerParameters
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.withContext
import org.json.JSONObject
import java.io.File
import java.nio.file.Files
import java.util.Collections
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.FutureTask
import java.util.concurrent.TimeUnit
import java.util.function.Consumer
import kotlin.concurrent.thread

/**
 * A device with our app on it, after the first start of Android. What is here outlives the app's process, and is asked
 * from any thread at any time, as the services of a real one are.
 */
class Phone : AutoCloseable {
    val files: File = Files.createTempDirectory("phone").toFile()
    val assets = ConcurrentHashMap<String, ByteArray>()
    val preferences = ConcurrentHashMap<String, MemoryPreferences>()

    /** What the app's manifest asks for, and what the user has granted of it. */
    val declared: MutableSet<String> = ConcurrentHashMap.newKeySet()
    val granted: MutableSet<String> = ConcurrentHashMap.newKeySet()
    val receivers = mutableSetOf("io.ionic.backgroundrunner.NotificationReceiver")
    val resources = ConcurrentHashMap<String, Int>()
    val adaptiveIcons: MutableSet<Int> = ConcurrentHashMap.newKeySet()
    val alarms = Alarms()
    val locations = Locations()
    val network = Connectivity()
    val channels = Channels()
    var battery: Intent? = battery(50, 100, BatteryManager.BATTERY_STATUS_DISCHARGING)
    var versionCode = 7
    var versionName: String? = "1.2.3"
    val context = AppContext(this)
    val works: WorkManager

    /** What the manifests say beside everything else. */
    val metadata = Bundle()

    /** Whether nothing more can be written. */
    @Volatile
    var isFull = false

    /** Whether the settings have a page for what an app asks there: not every device does. */
    @Volatile
    var hasSettingsPages = true

    private val workers = ConcurrentHashMap<String, Stoppable>()

    /** The phone that a test has put aside for this one. */
    private val other = present
    private val othersStorage =
        other?.let {
            it.end()
            Storage(it)
        }

    init {
        present = this
        Build.VERSION.SDK_INT = NEWEST
        Application.processName = PACKAGE
        ActivityManager.importance = BACKGROUND
        NotificationManagerCompat.isEnabled = true
        NotificationManagerCompat.refuses = false
        NotificationManagerCompat.shown.clear()
        PendingIntent.all.clear()
        Log.lines.clear()
        works = WorkManager.getInstance(context)
        works.works.clear()
        works.calls.clear()
        works.before = Consumer {}
        works.stopped = Consumer { stop(it.name, WorkInfo.STOP_REASON_CANCELLED_BY_APP) }
        configure(JSONObject().put("label", LABEL).put("src", "runner.js"))
        script("")
    }

    /** The app's configuration, with options of other plugins beside the plugin's own. */
    fun configure(
        options: JSONObject?,
        others: String = "",
    ) {
        // The service worker's controller is a part of the web view that is not pretended.
        val android = """{"resolveServiceWorkerRequests":false}"""
        val text = """{"android":$android,"plugins":{"BackgroundRunner":${options ?: "null"}$others}}"""
        assets["capacitor.config.json"] = text.toByteArray()
    }

    fun configure(options: String) = configure(JSONObject(options))

    fun script(
        source: String,
        path: String = "runner.js",
    ) {
        assets["public/$path"] = source.toByteArray()
    }

    /** The process ends in the middle of whatever it does: only what it has written by now is left of it. */
    fun restart() {
        val storage = Storage(this)
        end()
        storage.restore()
    }

    private fun end() = AppProcess.end(workers.values.map { it.work })

    /** The device is turned off and on: Android forgets its alarms, and says so when it is back. */
    fun reboot() {
        restart()
        alarms.set.clear()
        receive(Intent(Intent.ACTION_BOOT_COMPLETED))
    }

    /** A broadcast for the receiver of the plugin, if the app has declared it. It comes on the main thread, for a short time. */
    fun receive(intent: Intent) {
        val name = receivers.singleOrNull() ?: return
        val receiver = Class.forName(name).getDeclaredConstructor().newInstance() as BroadcastReceiver
        val pending = BroadcastReceiver.PendingResult()
        receiver.pending = pending
        val returned = FutureTask { receiver.onReceive(context, intent) }
        Handler(Looper.getMainLooper()).post(returned)
        returned.get(10, TimeUnit.SECONDS)
        if (receiver.pending == null) check(pending.await(RECEIVER_MS)) { "a receiver has ten seconds" }
    }

    /** The time of an alarm has come. */
    fun ring(alarm: Alarm) {
        alarms.set.remove(alarm.operation)
        receive(Intent(alarm.operation.intent))
    }

    /** The system starts work that was submitted. The result is what its worker says, or `stopped`. */
    suspend fun work(name: String): String {
        val info = checkNotNull(works.find(name)) { "`$name` is not among ${works.works.map { it.name }}" }
        val parameters = WorkerParameters(info.request.input, info.request.tags, info.begins())
        val maker = info.request.worker.getConstructor(Context::class.java, WorkerParameters::class.java)
        val worker = maker.newInstance(context, parameters) as CoroutineWorker
        val result =
            coroutineScope {
                val work = async(SupervisorJob(), CoroutineStart.LAZY) { result(worker, info) }
                workers[name] = Stoppable(worker, work)
                try {
                    work.await()
                } catch (stopped: CancellationException) {
                    withContext(NonCancellable) {
                        if (work.isActive) stop(name, WorkInfo.STOP_REASON_UNKNOWN)
                        work.join()
                    }
                    null
                }
            }
        workers.remove(name)
        if (result == null) info.stopped() else info.finished(result)
        return result?.toString() ?: "stopped"
    }

    private suspend fun result(
        worker: CoroutineWorker,
        info: WorkInfo,
    ): ListenableWorker.Result =
        try {
            if (info.request.expedited && Build.VERSION.SDK_INT < FIRST_WITH_EXPEDITED_JOBS) foreground.add(worker.getForegroundInfo())
            // It has begun when it waits for something.
            coroutineScope {
                val result = async(start = CoroutineStart.UNDISPATCHED) { worker.doWork() }
                workers[info.name]?.hasBegun = true
                result.await()
            }
        } catch (stopped: CancellationException) {
            throw stopped
        } catch (error: Throwable) {
            println("the worker threw $error")
            ListenableWorker.Result.failure()
        }

    /** What was shown for work before Android 12. */
    val foreground = CopyOnWriteArrayList<ForegroundInfo>()

    /** Whether work that the system has started is under way. */
    fun isAtWork(name: String): Boolean = workers[name]?.hasBegun == true

    /** The system takes its time back. */
    fun stop(
        name: String,
        reason: Int,
    ) {
        val running = workers[name] ?: return
        if (running.worker.stopped == WorkInfo.STOP_REASON_NOT_STOPPED) running.worker.stopped = reason
        running.work.cancel()
    }

    private class Stoppable(
        val worker: ListenableWorker,
        val work: Job,
    ) {
        @Volatile
        var hasBegun = false
    }

    override fun close() {
        end()
        files.deleteRecursively()
        present = other
        othersStorage?.restore()
    }

    companion object {
        /** The one that is on: its app is the only one that runs. */
        private var present: Phone? = null

        const val LABEL = "com.example.task"
        const val NEWEST = 36
        const val FIRST_WITH_EXPEDITED_JOBS = 31
        const val RECEIVER_MS = 10_000L
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
    val set: MutableMap<PendingIntent, Alarm> = Collections.synchronizedMap(linkedMapOf())
    var allowsExact = true

    /** Whether the user takes the permission back between the question and the alarm. */
    var refusesExact = false

    val all get() = set.values.toList()

    override fun canScheduleExactAlarms(): Boolean = allowsExact

    /** As Android 14: `AlarmManagerService` refuses more than these of an app. */
    @Synchronized
    private fun add(alarm: Alarm) {
        if (alarm.operation !in set && set.size >= MOST) {
            throw IllegalStateException("Maximum limit of concurrent alarms $MOST reached for uid: u0a1")
        }
        set[alarm.operation] = alarm
    }

    override fun setExactAndAllowWhileIdle(
        type: Int,
        time: Long,
        operation: PendingIntent,
    ) {
        if (refusesExact || (Build.VERSION.SDK_INT >= 31 && !allowsExact)) throw SecurityException("SCHEDULE_EXACT_ALARM is not granted")
        add(Alarm("exact", time, operation))
    }

    override fun setAndAllowWhileIdle(
        type: Int,
        time: Long,
        operation: PendingIntent,
    ) {
        add(Alarm("inexact", time, operation))
    }

    override fun cancel(operation: PendingIntent) {
        set.remove(operation)
    }

    companion object {
        const val MOST = 500
    }
}

class Channels : NotificationManager() {
    val all: MutableMap<String, NotificationChannel> = Collections.synchronizedMap(linkedMapOf())

    override fun getNotificationChannel(id: String): NotificationChannel? = all[id]

    /** A channel that exists keeps what the user has chosen for it. */
    override fun createNotificationChannel(channel: NotificationChannel) {
        require(channel.name.isNotEmpty()) { "a channel has a name" }
        all.putIfAbsent(channel.id, channel)
    }
}

class Locations : LocationManager() {
    val fixes: MutableMap<String, Fix> = Collections.synchronizedMap(linkedMapOf())
    val forbidden: MutableSet<String> = ConcurrentHashMap.newKeySet()

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

/** Preferences that are written when an edit is, if there is room. The main thread does not wait for them. */
class MemoryPreferences(
    private val phone: Phone,
) : SharedPreferences {
    /** What the process knows; what could not be written is in it as well, as `SharedPreferencesImpl` does it. */
    val values = linkedMapOf<String, Any?>()
    private var file = mapOf<String, Any?>()

    /** What is there when the process has ended. Tests change [values] as if they were written. */
    val written: Map<String, *> get() = synchronized(values) { if (isBehind) file else values.toMap() }

    /** Whether the last write did not succeed. */
    private var isBehind = false

    override fun getAll(): Map<String, *> = synchronized(values) { values.toMap() }

    fun replaceBy(others: Map<String, *>) =
        synchronized(values) {
            values.clear()
            values.putAll(others)
            isBehind = false
        }

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
                check(Looper.myLooper() != Looper.getMainLooper()) { "the main thread waits for a file" }
                if (!isBehind) file = values.toMap()
                val before = values.toMap()
                if (clears) values.clear()
                changes.forEach { (key, value) -> if (value == null) values.remove(key) else values[key] = value }
                if (values == before && !isBehind) return@synchronized true
                isBehind = phone.isFull
                !isBehind
            }

        override fun apply() {
            thread { commit() }.join()
        }
    }
}
