//! `fetch` on the desktop: rules of the host file, and real HTTP.

use std::net::TcpListener;

use serde_json::{Value, json};

use crate::{
    Bench, now,
    server::{self, BIG, HUGE, TOGETHER},
};

/// What `fetch` comes to, as text: for scripts that tell an answer from an error.
const TELL: &str = "const tell = (url, options) => fetch(url, options).then(
    async (r) => [r.status, await r.text()],
    (e) => [e.name, e.message, e.cause?.code, e.cause?.message]);";

fn script(body: &str) -> Bench {
    Bench::handler(&format!("const SERVER = '{}'; {TELL} {body}", server::start()))
}

fn rules(body: &str, rules: Value, passthrough: bool) -> Bench {
    let host = json!({ "http": rules, "httpPassthrough": passthrough, "clock": "virtual" });
    script(body).host(&host.to_string())
}

#[test]
fn a_rule_answers_with_its_status_headers_and_body() {
    let rule = json!([{ "method": "POST", "url": "https://api.example.com/todo/1", "status": 201,
                        "headers": { "Content-Type": "application/json", "set-cookie": ["a=1", "b=2"] },
                        "body": "{\"title\":\"x\"}" }]);
    let body = "const r = await fetch('https://api.example.com/todo/1', { method: 'POST', body: 'y' });
        resolve([r.status, r.ok, r.statusText, r.url, r.headers.get('content-type'), r.headers.getSetCookie(), await r.json()])";
    let expected = json!([201, true, "Created", "https://api.example.com/todo/1", "application/json", ["a=1", "b=2"], { "title": "x" }]);
    assert_eq!(rules(body, rule, false).value(), expected);
}

#[test]
fn a_rule_matches_by_method_and_by_url_with_stars() {
    let rule = json!([
        { "method": "post", "url": "https://a.example/x", "body": "posted" },
        { "url": "https://a.example/x", "body": "any method" },
        { "url": "https://*.b.example/*/end?q=*", "body": "stars" },
        { "url": "https://c.example", "body": "root" },
        { "url": "https://a.example/*", "status": 404, "body": "first one wins" },
    ]);
    let body = "resolve(await Promise.all([
        tell('https://a.example/x', { method: 'POST' }), tell('https://a.example/x#hash'),
        tell('https://www.b.example/1/2/end?q=7'), tell('https://c.example/'), tell('https://a.example/other'),
        tell('https://b.example/1/end?q=7'),
    ]))";
    let value = rules(body, rule, false).value();
    let answers = json!([
        [200, "posted"],
        [200, "any method"],
        [200, "stars"],
        [200, "root"],
        [404, "first one wins"]
    ]);
    assert_eq!(value.as_array().unwrap()[..5], *answers.as_array().unwrap());
    assert_eq!(value[5][0], "TypeError");
}

#[test]
fn a_rule_with_an_error_fails_like_a_network() {
    let rule = json!([{ "url": "https://down.example.com/*", "error": "connection refused" }]);
    let value = rules("resolve(await tell('https://down.example.com/x'))", rule, true).value();
    assert_eq!(value[0], "TypeError");
    assert_eq!(value[3], "connection refused");
}

#[test]
fn a_request_without_a_rule_fails_clearly_when_nothing_passes_through() {
    let value = rules("resolve(await tell('https://api.example.com/x'))", json!([]), false).value();
    assert_eq!(value[0], "TypeError");
    let cause = value[3].as_str().unwrap();
    assert!(
        cause.contains("GET https://api.example.com/x") && cause.contains("httpPassthrough"),
        "{cause}"
    );
}

#[test]
fn a_request_without_a_rule_goes_to_the_network_when_it_may() {
    let rule = json!([{ "url": "https://api.example.com/*", "body": "rule" }]);
    let value = rules("resolve(await tell(SERVER + '/status/200'))", rule, true).value();
    assert_eq!(value, json!([200, "a body"]));
}

#[test]
fn the_delay_of_a_rule_passes_in_virtual_time_beside_the_timers() {
    let rule = json!([{ "url": "https://slow.example/*", "delayMs": 60_000, "body": "late" },
                      { "url": "https://quick.example/*", "delayMs": 1_000, "body": "soon" }]);
    let body = "
        const start = Date.now(); const order = [];
        const note = (what) => order.push(what + '@' + (Date.now() - start));
        await Promise.all([
            tell('https://slow.example/').then(([, text]) => note(text)),
            tell('https://quick.example/').then(([, text]) => note(text)),
            new Promise((done) => setTimeout(done, 500)).then(() => note('timer')),
            new Promise((done) => setTimeout(done, 30000)).then(() => note('timer')),
        ]);
        resolve(order);";
    let begin = now();
    let value = rules(body, rule, false).with("--timeout", "2min").value();
    assert_eq!(value, json!(["timer@500", "soon@1000", "timer@30000", "late@60000"]));
    assert!(begin.elapsed().as_secs_f64() < 20.0);
}

#[test]
fn the_delay_of_a_rule_passes_in_real_time_too() {
    let host = json!({ "http": [{ "url": "https://slow.example/*", "delayMs": 150 }] });
    let body = "const start = Date.now(); await fetch('https://slow.example/'); resolve(Date.now() - start)";
    let took = Bench::handler(body).host(&host.to_string()).value();
    assert!(took.as_f64().unwrap() >= 149.0, "{took}");
}

#[test]
fn redirects_of_rules_lead_to_rules() {
    let rule = json!([{ "url": "https://a.example/", "status": 302, "headers": { "location": "/b?c" } },
                      { "url": "https://a.example/b?c", "body": "there" }]);
    let body = "const r = await fetch('https://a.example/'); resolve([r.url, r.redirected, await r.text()])";
    assert_eq!(rules(body, rule, false).value(), json!(["https://a.example/b?c", true, "there"]));
}

#[test]
fn w5_a_request_arrives_with_method_headers_and_body() {
    let body = "const r = await fetch(SERVER + '/echo', {
            method: 'put', headers: { 'X-One': 'eins', 'content-type': 'text/plain' }, body: 'grün' });
        resolve(await r.json())";
    let echo = script(body).value();
    assert_eq!(echo["method"], "PUT");
    assert_eq!(echo["body"], "grün");
    assert_eq!(echo["headers"]["x-one"], "eins");
    assert_eq!(echo["headers"]["content-type"], "text/plain");
    assert_eq!(echo["headers"]["content-length"], "5");
}

#[test]
fn w5_methods_with_and_without_a_body_are_sent() {
    for (options, method, bytes) in [
        ("{}", "GET", 0),
        ("{ method: 'POST' }", "POST", 0),
        ("{ method: 'DELETE', body: 'abc' }", "DELETE", 3),
        ("{ method: 'PROPFIND' }", "PROPFIND", 0),
    ] {
        let body = format!("resolve(await (await fetch(SERVER + '/echo', {options})).json())");
        let echo = script(&body).value();
        assert_eq!((&echo["method"], &echo["bytes"]), (&json!(method), &json!(bytes)), "{options}");
    }
}

#[test]
fn w5_any_status_resolves() {
    for status in [200, 400, 404, 418, 500, 503] {
        let value = script(&format!("resolve(await tell(SERVER + '/status/{status}'))")).value();
        assert_eq!(value, json!([status, "a body"]));
    }
    assert_eq!(script("resolve(await tell(SERVER + '/empty'))").value(), json!([204, ""]));
    assert_eq!(
        script("resolve(await tell(SERVER + '/echo', { method: 'HEAD' }))").value(),
        json!([200, ""])
    );
}

#[test]
fn w5_redirects_are_followed_as_the_standard_says() {
    let cases = [
        (301, "POST", "GET", 0),
        (302, "POST", "GET", 0),
        (303, "PUT", "GET", 0),
        (301, "PUT", "PUT", 4),
        (307, "POST", "POST", 4),
        (308, "POST", "POST", 4),
    ];
    for (status, method, then, bytes) in cases {
        let body = format!(
            "const r = await fetch(SERVER + '/redirect/{status}/redirect/307/echo', {{ method: '{method}', body: 'body' }});
             resolve([r.redirected, r.url.endsWith('/echo'), await r.json()])"
        );
        let value = script(&body).value();
        assert_eq!((&value[0], &value[1]), (&json!(true), &json!(true)), "{status} {method}");
        assert_eq!(value[2]["method"], then, "{status} {method}");
        assert_eq!(value[2]["bytes"], bytes, "{status} {method}");
    }
}

/// A stream is gone when it is sent: only a redirect that says that the next request has no body is followed.
#[test]
fn w5_a_streamed_body_is_not_sent_twice() {
    let other = server::start();
    for (status, method, expected) in [
        (303, "PUT", json!([true, "GET", 0, null, "yes"])),
        (301, "POST", json!("REDIRECT")),
        (302, "POST", json!("REDIRECT")),
        (301, "PUT", json!("REDIRECT")),
        (307, "POST", json!("REDIRECT")),
        (308, "POST", json!("REDIRECT")),
    ] {
        let body = format!(
            "const body = new Blob(['body']).stream();
             const headers = {{ 'content-type': 'text/plain', 'x-kept': 'yes' }};
             const options = {{ method: '{method}', body, duplex: 'half', headers }};
             try {{
                 const r = await fetch(SERVER + '/redirect/{status}/redirect/307/echo', options);
                 const {{ method, bytes, headers }} = await r.json();
                 resolve([r.redirected && r.url.endsWith('/echo'), method, bytes, headers['content-type'], headers['x-kept']]);
             }} catch (error) {{ resolve(error.name === 'TypeError' ? error.cause.code : `${{error}}`) }}"
        );
        assert_eq!(script(&body).value(), expected, "{status} {method}");
    }
    let body = format!(
        "const options = {{ method: 'POST', body: new Blob(['body']).stream(), duplex: 'half', headers: {{ authorization: 'yes' }} }};
         resolve((await (await fetch(SERVER + '/redirect/303/{other}/echo', options)).json()).headers.authorization ?? 'left')"
    );
    assert_eq!(script(&body).value(), json!("left"));
}

#[test]
fn d16_what_goes_wrong_with_a_body_shows_who_asked_for_it() {
    for (method, name) in [("json", "SyntaxError"), ("formData", "TypeError")] {
        let body = format!(
            "const response = await fetch(SERVER + '/status/200');
             const asks = () => response.{method}();
             try {{ await asks() }} catch (error) {{ resolve([error.name, error.stack]) }}"
        );
        let value = script(&body).value();
        assert_eq!(value[0], name, "{value}");
        let stack = value[1].as_str().unwrap_or_default();
        assert!(stack.contains("at async asks ("), "{method}: {stack}");
    }
}

#[test]
fn w5_credentials_stay_with_their_origin() {
    let other = server::start();
    let body = format!(
        "const secret = ['authorization', 'cookie', 'proxy-authorization'];
         const options = {{ headers: Object.fromEntries([...secret, 'x-kept'].map((name) => [name, 'yes'])) }};
         const sent = async (path) => {{
             const {{ headers }} = await (await fetch(SERVER + path, options)).json();
             return [...secret, 'x-kept'].filter((name) => headers[name] === 'yes');
         }};
         resolve([await sent('/redirect/302/echo'), await sent('/redirect/302/{other}/echo'),
             await sent('/redirect/307/{other}/redirect/307/' + SERVER + '/echo')])"
    );
    let all = ["authorization", "cookie", "proxy-authorization", "x-kept"];
    // What was left behind does not come back with the first origin.
    assert_eq!(script(&body).value(), json!([all, ["x-kept"], ["x-kept"]]));
}

#[test]
fn w5_a_redirect_leads_to_http_without_credentials_only() {
    for target in [
        "http://user:pass@127.0.0.1/",
        "http://user@127.0.0.1/",
        "http:///x",
        "file:///etc/passwd",
        "data:,x",
    ] {
        let rule = json!([{ "url": "https://a.example/", "status": 302, "headers": { "location": target } }]);
        let value = rules("resolve(await tell('https://a.example/'))", rule, true).value();
        assert_eq!(value[0], "TypeError", "{target}: {value}");
        let code = value[2].as_str().unwrap_or_default();
        assert!(code == "REDIRECT" || target == "http:///x", "{target}: {value}");
    }
}

#[test]
fn w5_redirects_can_be_refused() {
    let value =
        script("resolve(await tell(SERVER + '/redirect/302/echo', { redirect: 'error' }))").value();
    assert_eq!(value[0], "TypeError", "{value}");
    let value = script("resolve(await tell(SERVER + '/loop'))").value();
    assert_eq!(
        (&value[0], &value[2]),
        (&json!("TypeError"), &json!("TOO_MANY_REDIRECTS")),
        "{value}"
    );
}

#[test]
fn w5_bodies_are_unpacked_and_put_together() {
    assert_eq!(script("resolve(await tell(SERVER + '/gzip'))").value(), json!([200, "unpacked"]));
    assert_eq!(
        script("resolve(await tell(SERVER + '/chunked'))").value(),
        json!([200, "one two, three"])
    );
    let body =
        "const b = await (await fetch(SERVER + '/big')).arrayBuffer(); resolve(b.byteLength)";
    assert_eq!(script(body).value(), BIG);
}

#[test]
fn w5_a_host_undoes_the_coding_that_it_asks_for() {
    let body = "const seen = [];
        for (const path of ['gzip', 'x-gzip', 'gzip-in-capitals', 'gzip-of-nothing']) {
            const r = await fetch(`${SERVER}/${path}`);
            seen.push(await r.text(), r.headers.get('content-encoding'), r.headers.has('content-length'));
        }
        const asked = async (options) => (await (await fetch(SERVER + '/echo', options)).json()).headers['accept-encoding'];
        resolve([...seen, await asked(), await asked({ headers: { 'accept-encoding': 'identity' } })])";
    let expected = json!([
        "unpacked", "gzip", true, "unpacked", "x-gzip", true, "unpacked", "GZIP", true, "", "gzip",
        true, "gzip", "identity"
    ]);
    assert_eq!(script(body).value(), expected);
}

#[test]
fn w5_what_the_desktop_does_not_take_is_said() {
    for (url, code, part) in [
        ("SERVER + '/many-headers'", "NETWORK", "too many headers"),
        ("SERVER + '/long-header'", "NETWORK", "are longer than"),
        ("'http://127.0.0.1:6000/'", "BLOCKED_PORT", "port 6000"),
        ("SERVER + '/redirect/302/http://127.0.0.1:1/'", "BLOCKED_PORT", "port 1,"),
    ] {
        let value = script(&format!(
            "try {{ await fetch({url}); resolve('taken') }} catch (error) {{ resolve([error.name, error.cause.code, error.message]) }}"
        ))
        .value();
        assert_eq!((&value[0], &value[1]), (&json!("TypeError"), &json!(code)), "{url}: {value}");
        assert!(value[2].as_str().is_some_and(|it| it.contains(part)), "{url}: {value}");
    }
}

#[test]
fn w5_a_body_is_a_stream() {
    let body = "const reader = (await fetch(SERVER + '/big')).body.getReader();
        let bytes = 0, chunks = 0;
        for (;;) { const { done, value } = await reader.read(); if (done) break; bytes += value.byteLength; chunks++; }
        resolve([bytes, chunks > 10])";
    assert_eq!(script(body).value(), json!([BIG, true]));
}

#[test]
fn w5_a_body_that_breaks_off_or_is_not_what_it_says_is_an_error() {
    for path in ["/cut", "/broken-gzip"] {
        let body = format!("const r = await fetch(SERVER + '{path}');
            try {{ resolve(await r.text()) }} catch (e) {{ resolve([r.status, e.name, typeof e.cause?.message]) }}");
        assert_eq!(script(&body).value(), json!([200, "TypeError", "string"]), "{path}");
    }
}

#[test]
fn w5_headers_keep_repetitions_and_their_bytes() {
    let body =
        "const a = await fetch(SERVER + '/cookies'); const b = await fetch(SERVER + '/latin');
        resolve([a.headers.getSetCookie(), b.headers.get('x-latin')])";
    assert_eq!(script(body).value(), json!([["a=1", "b=2"], "gr\u{fc}n"]));
}

#[test]
fn w5_requests_run_in_parallel() {
    let body = format!(
        "const all = Array.from({{ length: {TOGETHER} }}, () => tell(SERVER + '/together'));
        resolve((await Promise.all(all)).length)"
    );
    assert_eq!(script(&body).with("--timeout", "20s").value(), TOGETHER);
}

#[test]
fn w5_the_native_error_is_the_cause() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let value = script(&format!("resolve(await tell('http://{free}/x'))")).value();
    assert_eq!(
        (&value[0], &value[2]),
        (&json!("TypeError"), &json!("CONNECTION_REFUSED")),
        "{value}"
    );
    assert!(value[3].as_str().unwrap().contains(&format!("http://{free}/x")), "{value}");
}

#[test]
fn d10_a_server_that_says_nothing_does_not_outlive_the_deadline() {
    let begin = now();
    let error = script("await fetch(SERVER + '/silent')").with("--timeout", "400ms").error();
    assert_eq!(error["code"], "DEADLINE_EXCEEDED");
    assert!(begin.elapsed().as_secs_f64() < 10.0);
}

#[test]
fn d13_a_fetch_that_is_under_way_does_not_hold_up_the_outcome() {
    let begin = now();
    assert_eq!(
        script("fetch(SERVER + '/silent').catch(() => {}); setTimeout(() => resolve(1), 50)")
            .value(),
        1
    );
    assert!(begin.elapsed().as_secs_f64() < 10.0);
}

#[test]
fn w5_a_signal_ends_a_fetch() {
    let body = "const c = new AbortController(); setTimeout(() => c.abort(), 50);
        try { await fetch(SERVER + '/silent', { signal: c.signal }) } catch (e) { resolve(e.name) }";
    assert_eq!(script(body).value(), "AbortError");
}

#[test]
fn a_real_transfer_holds_virtual_time_still() {
    let body =
        "const start = Date.now(); let fired = false; setTimeout(() => { fired = true }, 3600000);
        const [status] = await tell(SERVER + '/big'); resolve([status, fired, Date.now() - start])";
    assert_eq!(rules(body, json!([]), true).value(), json!([200, false, 0]));
}

#[test]
fn w5_a_slow_reader_of_a_gigabyte_stays_within_the_limit() {
    let body = "let n = 0, pieces = 0;
        for await (const piece of (await fetch(SERVER + '/huge')).body) {
            n += piece.length;
            if (pieces++ % 2000 === 10) await new Promise((done) => setTimeout(done, 5));
        }
        resolve(n)";
    let bench = script(body).with("--timeout", "5min").with("--memory", "16MiB");
    let outcome = bench.line();
    assert_eq!(outcome["value"], HUGE, "{outcome}");
    assert!(outcome["heapPeakBytes"].as_u64() < Some(8 << 20), "{outcome}");
}

#[test]
fn w5_a_thousand_fetches_share_some_threads() {
    let rule = json!([{ "url": "https://slow.example/*", "delayMs": 1000, "body": "late" }]);
    let body = "const all = Array.from({ length: 1000 }, (_, n) => fetch('https://slow.example/' + n));
        const start = Date.now(); const texts = await Promise.all((await Promise.all(all)).map((r) => r.text()));
        resolve([texts.every((text) => text === 'late'), Date.now() - start])";
    assert_eq!(rules(body, rule, false).value(), json!([true, 1000]));
    let body =
        "const all = await Promise.all(Array.from({ length: 80 }, () => fetch(SERVER + '/big')));
        let n = 0; for (const r of all) n += (await r.arrayBuffer()).byteLength;
        resolve(n / all.length)";
    // Those that wait for their reader leave their thread to others.
    assert_eq!(script(body).with("--timeout", "60s").value(), BIG);
}

#[test]
fn a_body_that_nobody_reads_does_not_hold_virtual_time() {
    let body = "await fetch(SERVER + '/big'); const start = Date.now();
        setTimeout(() => resolve(Date.now() - start), 3600000)";
    assert_eq!(rules(body, json!([]), true).with("--timeout", "2h").value(), 3_600_000);
}
