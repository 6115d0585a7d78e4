package io.ionic.backgroundrunner.tests

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import io.ionic.backgroundrunner.core.FetchHead
import io.ionic.backgroundrunner.core.FetchReply
import io.ionic.backgroundrunner.core.FetchRequest
import io.ionic.backgroundrunner.core.Http
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import org.json.JSONArray
import org.json.JSONObject
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.net.CookieHandler
import java.net.CookieManager
import java.net.CookiePolicy
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.net.Socket
import java.net.URI
import java.util.concurrent.Executors
import java.util.concurrent.atomic.AtomicLong
import java.util.zip.GZIPOutputStream

/** A server on this machine, for as long as the test takes. */
private class Server(
    handle: (HttpExchange) -> Unit,
) : AutoCloseable {
    private val threads = Executors.newCachedThreadPool()
    private val server = HttpServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0)
    val url get() = "http://127.0.0.1:${server.address.port}"

    init {
        server.executor = threads
        server.createContext("/") { exchange -> exchange.use(handle) }
        server.start()
    }

    override fun close() {
        server.stop(0)
        threads.shutdownNow()
    }
}

/** A port at which nobody listens, and which nobody else gets meanwhile. */
private class Deaf : Socket() {
    init {
        bind(InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
    }
}

private fun HttpExchange.answer(
    status: Int,
    body: String = "",
    vararg headers: Pair<String, String>,
) {
    headers.forEach { (name, value) -> responseHeaders.add(name, value) }
    val bytes = body.toByteArray()
    sendResponseHeaders(status, if (bytes.isEmpty()) -1 else bytes.size.toLong())
    if (bytes.isNotEmpty()) responseBody.write(bytes)
}

/** Keeps what comes. */
private class Kept : FetchReply {
    lateinit var head: FetchHead
    val body = ByteArrayOutputStream()
    val text get() = body.toString(Charsets.UTF_8)

    override fun head(head: FetchHead): Boolean {
        this.head = head
        return true
    }

    override suspend fun chunk(
        bytes: ByteArray,
        length: Int,
    ): Boolean {
        body.write(bytes, 0, length)
        return true
    }
}

private suspend fun fetch(
    url: String,
    method: String = "GET",
    headers: List<Pair<String, String>> = listOf(),
    redirect: FetchRequest.Redirect = FetchRequest.Redirect.FOLLOW,
    body: String? = null,
    http: Http = Http(),
): Kept = Kept().also { http.fetch(FetchRequest(url, method, headers, redirect, body?.toByteArray()), it) }

private fun echo(exchange: HttpExchange) {
    val headers = exchange.requestHeaders
    val seen = JSONObject().put("method", exchange.requestMethod).put("body", exchange.requestBody.readBytes().decodeToString())
    listOf("Authorization", "Content-type", "X-own").forEach { seen.putOpt(it, headers.getFirst(it)) }
    exchange.answer(200, seen.toString())
}

val httpTests: Tests =
    mapOf(
        // Capacitor sets a handler when it makes a web view: a run without one must not differ.
        "the_cookies_of_the_web_view_are_not_those_of_scripts" to {
            val jar = CookieManager(null, CookiePolicy.ACCEPT_ALL)
            CookieHandler.setDefault(jar)
            try {
                val seen = mutableListOf<String?>()
                val server =
                    Server { exchange ->
                        seen.add(exchange.requestHeaders.getFirst("Cookie"))
                        exchange.answer(200, "x", "Set-Cookie" to "session=script", "X-Android-Sent-Millis" to "7")
                    }
                server.use {
                    jar.put(URI(server.url), mapOf("Set-Cookie" to listOf("session=user")))
                    val own = listOf("cookie" to "own=1")
                    for (headers in listOf(listOf(), own)) {
                        val kept = Kept()
                        Http().fetch(FetchRequest(server.url, "GET", headers, FetchRequest.Redirect.FOLLOW, null), kept)
                        assertEquals(
                            listOf("session=script"),
                            kept.head.headers
                                .filter { it.first == "set-cookie" }
                                .map { it.second },
                        )
                        assertEquals(
                            listOf<String>(),
                            kept.head.headers
                                .map { it.first }
                                .filter { it.startsWith("x-android") },
                        )
                    }
                    assertEquals(listOf("user"), jar.cookieStore.cookies.map { it.value })
                    URI(server.url).toURL().readText()
                    assertEquals(listOf(null, "own=1", "session=user"), seen)
                    assertEquals(listOf("script"), jar.cookieStore.cookies.map { it.value })
                }
            } finally {
                CookieHandler.setDefault(null)
            }
        },
        "any_status_is_a_response" to {
            Server { it.answer(404, "lost 🏃", "X-Why" to "gone") }.use { server ->
                val reply = fetch(server.url)
                assertEquals(404, reply.head.status)
                assertEquals("Not Found", reply.head.statusText)
                assertEquals("lost 🏃", reply.text)
                assertEquals(true, "x-why" to "gone" in reply.head.headers)
            }
        },
        "empty_bodies_are_empty" to {
            Server { it.answer(if (it.requestURI.path == "/none") 204 else 500) }.use { server ->
                assertEquals("204 ", fetch("${server.url}/none").run { "${head.status} $text" })
                assertEquals("500 ", fetch(server.url).run { "${head.status} $text" })
            }
        },
        "a_body_is_sent" to {
            Server(::echo).use { server ->
                val seen = JSONObject(fetch(server.url, "PUT", listOf("X-Own" to "1"), body = "hällo").text)
                assertEquals("PUT hällo 1", "${seen["method"]} ${seen["body"]} ${seen["X-own"]}")
            }
        },
        "compressed_bodies_are_unpacked" to {
            val packed = ByteArrayOutputStream()
            GZIPOutputStream(packed).use { it.write("plain".toByteArray()) }
            Server { exchange ->
                exchange.responseHeaders.add("Content-Encoding", "gzip")
                exchange.sendResponseHeaders(200, packed.size().toLong())
                packed.writeTo(exchange.responseBody)
            }.use { server -> assertEquals("plain", fetch(server.url).text) }
        },
        "redirections_are_followed_as_the_standard_says" to {
            Server(::echo).use { other ->
                Server { exchange ->
                    val status = exchange.requestURI.path.drop(1)
                    if (status == "same") echo(exchange) else exchange.answer(status.toInt(), "", "Location" to "${other.url}/end")
                }.use { server ->
                    val headers = listOf("Authorization" to "secret", "Content-Type" to "text/plain", "X-Own" to "1")
                    val seen = JSONObject(fetch("${server.url}/303", "POST", headers, body = "b").text)
                    assertEquals("""{"method":"GET","body":"","X-own":"1"}""", seen.toString())
                    val kept = fetch("${server.url}/307", "POST", headers, body = "b")
                    assertEquals(
                        """{"method":"POST","body":"b","Content-type":"text\/plain","X-own":"1"}""",
                        JSONObject(kept.text).toString(),
                    )
                    assertEquals(true, kept.head.redirected)
                    assertEquals("${other.url}/end", kept.head.url)
                    assertEquals("PUT", JSONObject(fetch("${server.url}/302", "PUT", body = "b").text)["method"])
                }
            }
        },
        "redirections_can_be_seen_or_refused" to {
            Server { it.answer(302, "", "Location" to "/next") }.use { server ->
                val seen = fetch(server.url, redirect = FetchRequest.Redirect.MANUAL)
                assertEquals("302 false", "${seen.head.status} ${seen.head.redirected}")
                assertThrows<IOException> { fetch(server.url, redirect = FetchRequest.Redirect.ERROR) }
                assertContains("20", assertThrows<IOException> { fetch(server.url) }.message.orEmpty())
            }
        },
        "redirections_leave_http_only_for_https" to {
            Server { it.answer(302, "", "Location" to "file:///etc/passwd") }.use { server ->
                assertContains("not HTTP", assertThrows<IOException> { fetch(server.url) }.message.orEmpty())
            }
            // That it is tried is what matters.
            Deaf().use { deaf ->
                Server { it.answer(301, "", "Location" to "https://127.0.0.1:${deaf.localPort}/") }.use { server ->
                    assertThrows<java.net.ConnectException> { fetch(server.url) }
                }
            }
        },
        "redirections_with_credentials_are_refused" to {
            Server { it.answer(302, "", "Location" to "http://user:pass@127.0.0.1/") }.use { server ->
                assertContains("password", assertThrows<IOException> { fetch(server.url) }.message.orEmpty())
            }
        },
        "a_slow_reader_holds_its_server_up" to {
            val size = 128L shl 20
            val sent = AtomicLong()
            val block = ByteArray(1 shl 16)
            val go = CompletableDeferred<Unit>()
            Server { exchange ->
                if (exchange.requestURI.path == "/go") {
                    kotlinx.coroutines.runBlocking { go.await() }
                    return@Server exchange.answer(200)
                }
                exchange.sendResponseHeaders(200, size)
                while (sent.get() < size) {
                    exchange.responseBody.write(block)
                    sent.addAndGet(block.size.toLong())
                }
            }.use { server ->
                val source =
                    """async (resolve) => {
                      let read = 0;
                      for await (const piece of (await fetch('${server.url}')).body) {
                        if (read === 0) await fetch('${server.url}/go');
                        read += piece.length;
                      }
                      resolve(read);
                    }"""
                coroutineScope {
                    val outcome = async(Dispatchers.Default) { run(source) }
                    // It comes to a halt: what the connection holds on its way is all that there is.
                    var before = -1L
                    while (sent.get() == 0L || sent.get() != before) {
                        before = sent.get()
                        delay(300)
                    }
                    assertEquals(true, before < size / 4)
                    go.complete(Unit)
                    assertEquals(size, (outcome.await().orThrow() as Number).toLong())
                }
            }
        },
        "a_silent_server_times_out" to {
            ServerSocket(0).use { socket ->
                assertThrows<java.net.SocketTimeoutException> { fetch("http://127.0.0.1:${socket.localPort}", http = Http(500, 300)) }
            }
        },
        "cancelling_ends_a_blocked_transfer" to {
            ServerSocket(0).use { socket ->
                coroutineScope {
                    val job = launch(Dispatchers.Default) { fetch("http://127.0.0.1:${socket.localPort}") }
                    val connection = socket.accept()
                    job.cancelAndJoin()
                    // The request is there, and after it the end of the stream.
                    connection.getInputStream().readBytes()
                }
            }
        },
        "scripts_fetch_over_it" to {
            val second = CompletableDeferred<Unit>()
            Server { exchange ->
                if (exchange.requestURI.path == "/b") second.complete(Unit)
                // The first one answers only when the second one was asked: they run in parallel.
                if (exchange.requestURI.path == "/a") kotlinx.coroutines.runBlocking { second.await() }
                exchange.answer(201, """{"method":"${exchange.requestMethod}"}""", "X-Path" to exchange.requestURI.path)
            }.use { server ->
                val source =
                    """async (resolve) => {
                      const all = await Promise.all(['a', 'b'].map((path) => fetch('${server.url}/' + path, { method: 'post', body: 'x' })));
                      resolve(await Promise.all(all.map(async (it) => [it.status, it.ok, it.headers.get('x-path'), (await it.json()).method])));
                    }"""
                assertEquals("""[[201,true,"\/a","POST"],[201,true,"\/b","POST"]]""", (run(source).orThrow() as JSONArray).toString())
            }
        },
        "network_failures_are_type_errors" to {
            Deaf().use { deaf ->
                val failing = "await fetch('http://127.0.0.1:${deaf.localPort}')"
                val source = "async (resolve) => { try { $failing } catch (e) { resolve([e.name, String(e.cause?.message)]) } }"
                val seen = run(source).orThrow() as JSONArray
                assertEquals("TypeError", seen.getString(0))
                assertContains("refused", seen.getString(1))
            }
        },
    )
