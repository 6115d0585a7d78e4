package io.ionic.backgroundrunner.device

import io.ionic.backgroundrunner.tests.assertEquals
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlin.system.exitProcess

/** A test is a sentence, and what must not throw on a phone of its own. */
typealias PhoneTests = Map<String, suspend (Phone) -> Unit>

private const val LIMIT_MS = 60_000L

/** Runs the tests that the arguments name, or all, and says of each on a line how it went. */
fun main(arguments: Array<String>) {
    val tests = workTests + pageTests + permissionTests + notificationTests + tapTests + deviceTests + nativeTests
    val wanted = arguments.toSet().ifEmpty { tests.keys.toSortedSet() }
    for (name in wanted) {
        val failure = failure(tests.getValue(name))
        println(if (failure == null) "passed $name" else "failed $name")
        failure?.let { println(it.stackTraceToString().prependIndent("  ")) }
    }
    // Threads of the runtime do not end the process by themselves.
    exitProcess(0)
}

/** A thread that dies of an exception would have taken the app with it. */
private fun failure(test: suspend (Phone) -> Unit): Throwable? {
    val crashes = mutableListOf<Throwable>()
    Thread.setDefaultUncaughtExceptionHandler { _, error -> synchronized(crashes) { crashes.add(error) } }
    return try {
        Phone().use { phone -> runBlocking { withTimeout(LIMIT_MS) { test(phone) } } }
        synchronized(crashes) { crashes.firstOrNull() }?.let { IllegalStateException("the app would have crashed", it) }
    } catch (error: Throwable) {
        error
    }
}

/** A case of a table names itself when it fails. */
inline fun <T> each(
    vararg cases: Pair<T, Any?>,
    find: (T) -> Any?,
) = cases.forEach { (given, expected) ->
    try {
        assertEquals(expected.toString(), find(given).toString())
    } catch (error: Throwable) {
        throw AssertionError("with $given: ${error.message}", error)
    }
}

/** Waits for what another thread is about to do. */
fun waitFor(
    what: String,
    find: () -> Boolean,
) {
    val end = System.nanoTime() + WAIT_NS
    while (!find()) {
        check(System.nanoTime() < end) { "it never came to this: $what" }
        Thread.sleep(5)
    }
}

private const val WAIT_NS = 20_000_000_000L
