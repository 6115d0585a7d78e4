package io.ionic.backgroundrunner.device

import android.content.ActivityNotFoundException
import android.content.BroadcastReceiver
import android.content.Context
import android.content.ContextWrapper
import android.content.Intent
import android.content.IntentFilter
import android.content.SharedPreferences
import android.content.pm.ActivityInfo
import android.content.pm.ApplicationInfo
import android.content.pm.PackageInfo
import android.content.pm.PackageManager
import android.content.pm.ResolveInfo
import android.content.res.AssetManager
import android.content.res.Resources
import android.graphics.drawable.AdaptiveIconDrawable
import android.graphics.drawable.ColorDrawable
import android.graphics.drawable.Drawable
import android.os.Build
import android.os.Handler
import android.os.Looper
import android.webkit.WebView
import androidx.activity.result.ActivityResult
import androidx.appcompat.app.AppCompatActivity
import com.getcapacitor.Bridge
import com.getcapacitor.CapConfig
import com.getcapacitor.MessageHandler
import com.getcapacitor.Plugin
import com.getcapacitor.PluginCall
import com.getcapacitor.PluginMethod
import com.getcapacitor.annotation.CapacitorPlugin
import io.ionic.backgroundrunner.BackgroundRunnerPlugin
import org.apache.cordova.CordovaPreferences
import org.json.JSONObject
import java.io.ByteArrayInputStream
import java.io.File
import java.io.FileNotFoundException
import java.io.InputStream
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.TimeUnit
import java.util.function.BiConsumer

const val PACKAGE = "com.example.app"

/** The app's context, which answers from the phone. */
class AppContext(
    private val phone: Phone,
) : ContextWrapper(null) {
    private val info =
        object : ApplicationInfo() {
            override fun loadLabel(packages: PackageManager): CharSequence = "Example"
        }.apply {
            flags = ApplicationInfo.FLAG_DEBUGGABLE
            processName = PACKAGE
        }
    private val packages = Packages(phone, info)
    private val files =
        object : AssetManager() {
            override fun open(name: String): InputStream = ByteArrayInputStream(phone.assets[name] ?: throw FileNotFoundException(name))
        }
    private val values =
        object : Resources(null, null, null) {
            override fun getIdentifier(
                name: String,
                folder: String?,
                owner: String?,
            ): Int = phone.resources["$folder/$name"] ?: 0

            override fun getDrawable(
                id: Int,
                theme: Theme?,
            ): Drawable = if (id in phone.adaptiveIcons) AdaptiveIconDrawable() else ColorDrawable()
        }

    override fun getApplicationContext(): Context = this

    override fun getPackageName(): String = PACKAGE

    override fun getPackageManager(): PackageManager = packages

    override fun getApplicationInfo(): ApplicationInfo = info

    override fun getAssets(): AssetManager = files

    override fun getResources(): Resources = values

    override fun getMainLooper(): Looper = Looper.getMainLooper()

    /** On a full disk nothing new can be made. */
    override fun getNoBackupFilesDir(): File = if (phone.isFull) File("/dev/full") else phone.files

    override fun getSharedPreferences(
        name: String,
        mode: Int,
    ): SharedPreferences {
        require('/' !in name) { "File $name contains a path separator" }
        return synchronized(phone.preferences) { phone.preferences.getOrPut(name) { MemoryPreferences(phone) } }
    }

    override fun getSystemService(name: String): Any? =
        when (name) {
            ALARM_SERVICE -> phone.alarms
            NOTIFICATION_SERVICE -> phone.channels
            LOCATION_SERVICE -> phone.locations
            CONNECTIVITY_SERVICE -> phone.network
            else -> null
        }

    override fun checkPermission(
        permission: String,
        pid: Int,
        uid: Int,
    ): Int = if (permission in phone.granted) PackageManager.PERMISSION_GRANTED else PackageManager.PERMISSION_DENIED

    override fun registerReceiver(
        receiver: BroadcastReceiver?,
        filter: IntentFilter,
    ): Intent? {
        check(receiver == null && filter.hasAction(Intent.ACTION_BATTERY_CHANGED)) { "a receiver that nobody takes back" }
        return phone.battery
    }
}

private class Packages(
    private val phone: Phone,
    private val app: ApplicationInfo,
) : PackageManager() {
    /** A new one each time, as the real one's. */
    override fun getLaunchIntentForPackage(name: String): Intent? = if (name == PACKAGE) launcher() else null

    override fun getPackageInfo(
        name: String,
        flags: Int,
    ): PackageInfo =
        PackageInfo().apply {
            packageName = name
            versionCode = phone.versionCode
            versionName = phone.versionName
            applicationInfo = app
            requestedPermissions = phone.declared.toTypedArray()
        }

    override fun getPackageInfo(
        name: String,
        flags: PackageInfoFlags?,
    ): PackageInfo = getPackageInfo(name, 0)

    override fun getApplicationInfo(
        name: String,
        flags: Int,
    ): ApplicationInfo = app.apply { metaData = phone.metadata }

    override fun queryBroadcastReceivers(
        intent: Intent,
        flags: Int,
    ): List<ResolveInfo> =
        phone.receivers.filter { intent.component == null || intent.component == it }.map { receiver ->
            ResolveInfo().apply { activityInfo = ActivityInfo().apply { name = receiver } }
        }
}

/** What the launcher starts the app with. */
fun launcher(): Intent = Intent(Intent.ACTION_MAIN).apply { component = "com.example.app.MainActivity" }

private class MainActivity(
    private val phone: Phone,
    private val launched: Intent,
) : AppCompatActivity() {
    override fun getIntent(): Intent = launched

    override fun getApplicationContext(): Context = phone.context

    override fun getPackageName(): String = phone.context.packageName

    override fun getPackageManager(): PackageManager = phone.context.packageManager

    override fun getApplicationInfo(): ApplicationInfo = phone.context.applicationInfo

    override fun getAssets(): AssetManager = phone.context.assets

    override fun getResources(): Resources = phone.context.resources

    override fun getMainLooper(): Looper = phone.context.mainLooper

    override fun getNoBackupFilesDir(): File = phone.context.noBackupFilesDir

    override fun getSharedPreferences(
        name: String,
        mode: Int,
    ): SharedPreferences = phone.context.getSharedPreferences(name, mode)

    override fun getSystemService(name: String): Any? = phone.context.getSystemService(name)

    override fun checkPermission(
        permission: String,
        pid: Int,
        uid: Int,
    ): Int = phone.context.checkPermission(permission, pid, uid)
}

/** Somebody else's plugin. */
@CapacitorPlugin(name = "Other")
class OtherPlugin : Plugin() {
    @PluginMethod
    fun hello(call: PluginCall) = call.resolve()
}

/** The app with its page, over Capacitor's own bridge. [asked] collects what the user is asked for. */
class Page(
    private val phone: Phone,
    intent: Intent = launcher(),
) {
    val asked = CopyOnWriteArrayList<List<String>>()
    private val activity = MainActivity(phone, intent)
    private val webView = WebView(activity)
    private val answers = mutableMapOf<String, ArrayDeque<JSONObject>>()
    private var calls = 0

    /** What the user grants of what is asked for. */
    var grants: (String) -> Boolean = { true }

    init {
        activity.answers =
            BiConsumer { question, answer ->
                if (question is Intent && !phone.hasSettingsPages) throw ActivityNotFoundException("No Activity found to handle $question")
                // The user takes a while, and the answer comes on the main thread.
                Handler(Looper.getMainLooper()).post {
                    answer.onActivityResult(if (question is Intent) visited(question) else chosen(question as Array<*>))
                }
            }
    }

    private fun visited(page: Intent): ActivityResult {
        asked.add(listOf(page.action.orEmpty()))
        phone.alarms.allowsExact = grants("exactAlarms")
        return ActivityResult()
    }

    private fun chosen(question: Array<*>): Map<String, Boolean> {
        val permissions = question.map { it as String }.sorted()
        asked.add(permissions.map { it.removePrefix("android.permission.") })
        // Android grants nothing that the manifest does not ask for.
        if (isPossible(permissions)) phone.granted.addAll(permissions.filter { it in phone.declared && grants(it) })
        return permissions.associateWith { it in phone.granted }
    }

    /** Since Android 11 the background location is asked for alone, after another one: else the system ignores it all. */
    private fun isPossible(permissions: List<String>): Boolean {
        if (BACKGROUND_LOCATION !in permissions || Build.VERSION.SDK_INT < 30) return true
        return permissions.size == 1 && phone.granted.any { it.endsWith("_LOCATION") }
    }

    @Suppress("DEPRECATION") // the only constructor that asks for no layout
    val bridge =
        Bridge(
            activity,
            webView,
            listOf(BackgroundRunnerPlugin::class.java, OtherPlugin::class.java),
            null,
            null,
            CordovaPreferences(),
            CapConfig.loadDefault(activity),
        )

    /** Sends a call as Capacitor's script in the page does. The result names it. */
    fun post(
        method: String,
        options: JSONObject = JSONObject(),
        plugin: String = "CapacitorBackgroundRunner",
    ): String {
        val id = (++calls).toString()
        val message = """{"callbackId":"$id","pluginId":"$plugin","methodName":"$method","options":$options}"""
        (webView.interfaces.getValue("androidBridge") as MessageHandler).postMessage(message)
        return id
    }

    /** The next answer to a call, in full. */
    fun next(id: String): JSONObject {
        while (true) {
            answers[id]?.removeFirstOrNull()?.let { return it }
            val script = checkNotNull(webView.evaluated.poll(WAIT_S, TimeUnit.SECONDS)) { "call $id is not answered" }
            if (!script.startsWith(PREFIX)) continue
            val answer = JSONObject(script.removePrefix(PREFIX).removeSuffix(")"))
            answers.getOrPut(answer.getString("callbackId")) { ArrayDeque() }.add(answer)
        }
    }

    /** Whether a call has an answer that was not looked at. */
    fun hasAnswer(id: String): Boolean {
        val rest = generateSequence { webView.evaluated.poll() }.toList()
        webView.evaluated.addAll(rest)
        return answers[id].orEmpty().isNotEmpty() || rest.any { "\"callbackId\":\"$id\"" in it }
    }

    /** The data of an answer; of a refusal, its code and message. */
    fun data(id: String): String {
        val answer = next(id)
        if (answer.getBoolean("success")) return answer.optJSONObject("data")?.toString() ?: "nothing"
        val error = answer.getJSONObject("error")
        return "${error.optString("code")}: ${error.getString("message")}"
    }

    fun ask(
        method: String,
        options: String = "{}",
    ): String = data(post(method, JSONObject(options)))

    fun dispatch(
        event: String,
        more: String = "{}",
    ): String = data(post("dispatchEvent", JSONObject(more).put("label", Phone.LABEL).put("event", event)))

    fun listen(event: String): String = post("addListener", JSONObject().put("eventName", event))

    /** Waits until everything that was sent before was seen by the plugins' only thread. */
    fun settle() = assertNothing(data(post("hello", plugin = "Other")))

    private fun assertNothing(found: String) = check(found == "nothing") { found }

    private companion object {
        const val PREFIX = "window.Capacitor.fromNative("
        const val WAIT_S = 30L
        const val BACKGROUND_LOCATION = "android.permission.ACCESS_BACKGROUND_LOCATION"
    }
}
