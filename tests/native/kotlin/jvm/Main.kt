package io.ionic.backgroundrunner.tests

import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlin.system.exitProcess

/** A test is a sentence and what must not throw. */
typealias Tests = Map<String, suspend () -> Unit>

private const val LIMIT_MS = 240_000L

/** Runs the test that the argument names; without one, lists them all. */
fun main(arguments: Array<String>) {
    val tests = runtimeTests + httpTests + valueTests
    if (arguments.isEmpty()) return tests.keys.sorted().forEach(::println)
    try {
        runBlocking { withTimeout(LIMIT_MS) { tests.getValue(arguments.single())() } }
    } catch (failure: Throwable) {
        failure.printStackTrace()
        exitProcess(1)
    }
    // Threads of the runtime do not end the process by themselves.
    exitProcess(0)
}

fun <T> assertEquals(
    expected: T,
    found: T,
) = check(expected == found) { "expected `$expected`, found `$found`" }

fun assertContains(
    part: String,
    text: String,
) = check(part in text) { "`$part` is not in `$text`" }

inline fun <reified E : Throwable> assertThrows(work: () -> Unit): E {
    try {
        work()
    } catch (error: Throwable) {
        if (error is E) return error
        throw error
    }
    error("nothing was thrown")
}
