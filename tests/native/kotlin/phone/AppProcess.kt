package io.ionic.backgroundrunner.device

import android.os.Looper
import io.ionic.backgroundrunner.HostFunctions
import io.ionic.backgroundrunner.PerProcess
import io.ionic.backgroundrunner.ProcessScope
import io.ionic.backgroundrunner.core.Runner
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.job
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import java.io.File
import java.lang.reflect.Modifier
import java.net.CookieHandler

/**
 * The process of the app. All tests share one, as they share the runtime; so each has to be over before the next one
 * begins: a coroutine or thread that is left would meet the next test's phone.
 */
object AppProcess {
    private const val LIMIT_MS = 30_000L
    private val classes = classesOfThePlugin()
    private val perProcess = classes.filter { PerProcess::class.java.isAssignableFrom(it) && it != PerProcess::class.java }

    /**
     * Ends it, and comes back when nothing of it runs any more.
     *
     * @param workers What the system has started in it.
     */
    fun end(workers: Collection<Job>) {
        val isOver =
            runBlocking {
                withTimeoutOrNull(LIMIT_MS) {
                    Looper.end(LIMIT_MS)
                    do {
                        runner()?.close()
                        workers.forEach { it.cancel() }
                        ProcessScope.coroutineContext.job.cancelChildren()
                        workers.forEach { it.join() }
                        ProcessScope.coroutineContext.job.children
                            .forEach { it.join() }
                        // A coroutine that has just ended may have made one, and a thread may have begun a coroutine.
                        runner()?.close()
                        while (threadsOfTheRuntime().isNotEmpty()) Thread.sleep(1)
                    } while (ProcessScope.coroutineContext.job.children
                            .any()
                    )
                    true
                }
            }
        checkNotNull(isOver) { "the app does not end: ${threadsOfTheRuntime()}, ${ProcessScope.coroutineContext.job.children.toList()}" }
        forget()
    }

    /** What is in the memory of the process. */
    private fun forget() {
        perProcess.forEach { instance(it).set(companion(it), null) }
        field(HostFunctions::class.java, "functions").let { (it.get(HostFunctions) as MutableMap<*, *>).clear() }
        CookieHandler.setDefault(null)
    }

    /** The runner of the process, if it was made. */
    private fun runner(): Runner? {
        val type = perProcess.single { it.name.endsWith(".Runners\$Companion") }
        val runners = instance(type).get(companion(type)) ?: return null
        val lazy = field(runners.javaClass, "runner\$delegate").get(runners) as Lazy<*>
        return if (lazy.isInitialized()) lazy.value as Runner else null
    }

    private fun companion(type: Class<*>): Any = type.enclosingClass.getDeclaredField("Companion").get(null)

    private fun instance(type: Class<*>) = field(type.superclass, "instance")

    private fun field(
        type: Class<*>,
        name: String,
    ) = type.getDeclaredField(name).apply { isAccessible = true }

    /** Those that are at work, also when Java has not heard of them yet. */
    private fun threadsOfTheRuntime(): List<String> {
        val tasks = File("/proc/self/task").listFiles().orEmpty()
        val known = Thread.getAllStackTraces().keys.map { it.name }
        return (tasks.mapNotNull(::nameOf) + known).filter { it.startsWith("background-runn") }
    }

    /** Null for one that is gone in the meantime. */
    private fun nameOf(task: File): String? = runCatching { File(task, "comm").readText() }.getOrNull()

    /** What the classes of the plugin keep beside what [forget] knows: there is nothing, or tests would meet it. */
    fun unknownState(): List<String> {
        val fields = classes.flatMap { type -> type.declaredFields.filter { Modifier.isStatic(it.modifiers) || isObject(type) } }
        return fields.filterNot { it.isSynthetic || it.isEnumConstant || isConstant(it.type, it.modifiers) }.map { field ->
            "${field.declaringClass.simpleName}.${field.name}"
        }
    }

    private fun isObject(type: Class<*>) = type.declaredFields.any { it.name == "INSTANCE" && it.type == type }

    private fun isConstant(
        type: Class<*>,
        modifiers: Int,
    ): Boolean {
        if (!Modifier.isFinal(modifiers)) return false
        return type.isPrimitive || type in CONSTANT || type in classes
    }

    private val CONSTANT = setOf(String::class.java, Regex::class.java, List::class.java, Set::class.java, Map::class.java)

    private fun classesOfThePlugin(): List<Class<*>> {
        val root =
            File(
                PerProcess::class.java.protectionDomain.codeSource.location
                    .toURI(),
            )
        val files = File(root, "io/ionic/backgroundrunner").walk().filter { it.extension == "class" }
        val names =
            files.map {
                it
                    .relativeTo(root)
                    .path
                    .removeSuffix(".class")
                    .replace(File.separatorChar, '.')
            }
        return names.map { Class.forName(it, false, javaClass.classLoader) }.toList()
    }
}
