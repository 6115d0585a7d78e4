//! The simulated device: `HOST.json`, the device APIs, the virtual clock.

use background_runner::desktop::HostFile;
use background_runner_tests::root;
use serde_json::{Value, json};

use crate::{Bench, now};

fn with_host(body: &str, host: &Value) -> Bench {
    Bench::handler(body).host(&host.to_string())
}

#[test]
fn a_device_without_a_host_file_is_a_phone_in_good_order() {
    let body = "resolve({
        battery: CapacitorDevice.getBatteryStatus(), network: CapacitorDevice.getNetworkStatus(),
        position: CapacitorGeolocation.getCurrentPosition(), state: CapacitorApp.getState(),
        info: CapacitorApp.getInfo(), reachable: CapacitorWatch.isReachable, kv: CapacitorKV.get('a'),
    })";
    let value = Bench::handler(body).value();
    assert_eq!(value["battery"], json!({ "batteryLevel": 1, "isCharging": false }));
    assert_eq!(value["network"], json!({ "connected": true, "connectionType": "wifi" }));
    assert_eq!(value["position"], Value::Null);
    assert_eq!(value["state"], json!({ "isActive": false }));
    assert_eq!(value["kv"], Value::Null);
}

#[test]
fn c1_the_device_is_what_the_host_file_says() {
    let location = json!({
        "latitude": 52.5, "longitude": 13.4, "accuracy": 5, "altitude": 34.5, "altitudeAccuracy": null,
        "speed": null, "heading": 12, "timestamp": 1_760_000_000_000_i64,
    });
    let info = json!({ "name": "N", "id": "com.n", "build": "7", "version": "2.0.1" });
    let host = json!({
        "battery": { "batteryLevel": 0.25, "isCharging": true },
        "network": { "connected": true, "connectionType": "cellular" },
        "location": location, "app": { "state": { "isActive": true }, "info": info },
        "watch": { "reachable": false },
    });
    let body = "resolve([
        CapacitorDevice.getBatteryStatus(), CapacitorDevice.getNetworkStatus(),
        CapacitorGeolocation.getCurrentPosition(), CapacitorApp.getState(), CapacitorApp.getInfo(),
    ])";
    let expected = json!([
        { "batteryLevel": 0.25, "isCharging": true },
        { "connected": true, "connectionType": "cellular" },
        location, { "isActive": true }, info,
    ]);
    assert_eq!(with_host(body, &host).value(), expected);
}

#[test]
fn c1_no_network_is_of_no_kind() {
    let body = "resolve(CapacitorDevice.getNetworkStatus())";
    let value = with_host(body, &json!({ "network": { "connected": false } })).value();
    assert_eq!(value, json!({ "connected": false, "connectionType": "none" }));
}

#[test]
fn c1_a_position_without_a_time_is_from_now() {
    let body = "resolve(Date.now() - CapacitorGeolocation.getCurrentPosition().timestamp)";
    let age = with_host(body, &json!({ "location": { "latitude": 1 } })).value();
    assert!((-1000.0..1000.0).contains(&age.as_f64().unwrap()), "{age}");
}

#[test]
fn c5_the_store_begins_with_the_host_files_and_ends_in_the_line() {
    let body = "const old = CapacitorKV.get('a').value;
        CapacitorKV.set('empty', ''); CapacitorKV.set('b', old + '!'); CapacitorKV.remove('c');
        CapacitorKV.remove('never');
        resolve([old, CapacitorKV.get('empty'), CapacitorKV.get('c')])";
    let line = with_host(body, &json!({ "kv": { "a": "1", "c": "3" } })).line();
    assert_eq!(line["value"], json!(["1", { "value": "" }, null]));
    assert_eq!(line["host"]["kv"], json!({ "a": "1", "b": "1!", "empty": "" }));
}

#[test]
fn a_denied_permission_makes_the_api_throw() {
    let calls = [
        ("geolocation", "CapacitorGeolocation.getCurrentPosition()"),
        ("notifications", "CapacitorNotifications.schedule([{id: 1, title: 't', body: 'b'}])"),
        ("notifications", "CapacitorNotifications.setBadge({count: 1})"),
        ("notifications", "CapacitorNotifications.clearBadge()"),
    ];
    for (permission, call) in calls {
        for state in ["denied", "prompt", "prompt-with-rationale"] {
            let host = json!({ "permissions": { permission: state } });
            let body = format!(
                "try {{ {call}; resolve('done') }} catch (e) {{ resolve([e instanceof Error, e.code, e.message]) }}"
            );
            let value = with_host(&body, &host).value();
            assert_eq!(value[0], true, "{call}");
            assert_eq!(value[1], "PERMISSION_DENIED", "{call}");
            let message = value[2].as_str().unwrap();
            assert!(message.contains(permission) && message.contains(state), "{message}");
        }
    }
}

#[test]
fn notifications_badge_and_watch_are_in_the_line() {
    let body = "
        CapacitorNotifications.schedule([
            { id: 1, title: 'a', body: 'b', scheduleAt: new Date(1760000000000), extra: { deep: [1] } },
            { id: 2, title: 'c', body: 'd' },
        ]);
        CapacitorNotifications.schedule([{ id: 1, title: 'newer', body: 'b' }]);
        CapacitorNotifications.setBadge({ count: 3 });
        CapacitorWatch.sendMessage({ hello: 'watch' });
        CapacitorWatch.updateWatchUI({ watchUI: 'Text(1)' });
        resolve();";
    let line = Bench::handler(body).line();
    assert_eq!(line["outcome"], "resolved", "{line}");
    let host = &line["host"];
    let notifications = json!([
        { "id": 2, "title": "c", "body": "d" }, { "id": 1, "title": "newer", "body": "b" },
    ]);
    assert_eq!(host["notifications"], notifications);
    assert_eq!(host["badge"], 3);
    let watch = json!([
        { "method": "sendMessage", "options": { "hello": "watch" } },
        { "method": "updateWatchUI", "options": { "watchUI": "Text(1)" } },
    ]);
    assert_eq!(host["watch"], watch);
}

/// What does not fit is refused, and what is taken back makes room.
#[test]
fn c5_the_device_has_room_for_so_much() {
    for (fills, frees) in [
        (
            "for (let i = 0; ; i++) CapacitorKV.set(`k${i}`, large)",
            "CapacitorKV.remove('k0'); CapacitorKV.set('k', large)",
        ),
        (
            "for (let i = 0; ; i++) CapacitorKV.set(`k${i}`, '')",
            "CapacitorKV.remove('k0'); CapacitorKV.set('k1', '1')",
        ),
        ("CapacitorKV.set('k', large.repeat(5))", "CapacitorKV.set('k', large)"),
        (
            "for (let id = 0; ; id++) CapacitorNotifications.schedule([{ id, title: 't', body: large, scheduleAt: tomorrow }])",
            "CapacitorNotifications.cancel([{ id: 0 }]); CapacitorNotifications.schedule([{ id: 1, title: 't', body: large }])",
        ),
        (
            "CapacitorNotifications.schedule(Array.from({ length: 1e5 }, (_, id) => ({ id, title: 't', body: 'b' })))",
            "CapacitorNotifications.schedule([{ id: 1, title: 't', body: large }])",
        ),
        (
            "CapacitorWatch.sendMessage({ a: Array.from({ length: 1e5 }, () => ({ a: 1 })) })",
            "CapacitorWatch.sendMessage({ a: large })",
        ),
    ] {
        let body = format!(
            "const large = 'x'.repeat(1 << 20), tomorrow = new Date(Date.now() + 864e5);
            try {{ {fills} }} catch (e) {{ {frees}; resolve([e.code, e.message]) }}"
        );
        let line = Bench::handler(&body).line();
        assert_eq!(line["value"][0], "STORAGE_FAILED", "{fills}: {line}");
    }
}

/// What was only sent is told as far as there is room: the last of it.
#[test]
fn what_was_sent_is_cut_at_the_front() {
    let body = "for (let n = 0; n < 30; n++) CapacitorWatch.sendMessage({ n, a: 'x'.repeat(1 << 18) }); resolve()";
    let host = &Bench::handler(body).line()["host"];
    let sent = host["watch"].as_array().expect("a list");
    assert_eq!(sent.last().expect("some are kept")["options"]["n"], 29);
    assert!(sent.len() > 10, "{}", sent.len());
    assert_eq!(host["watchOmitted"], 30 - sent.len());
}

#[test]
fn what_is_scheduled_is_listed_and_taken_back() {
    let body = "
        const at = Date.now() + 3_600_000;
        const plan = (id, scheduleAt) => CapacitorNotifications.schedule([{ id, title: 't', body: 'b', scheduleAt }]);
        plan(1, new Date(at + 2)); plan(2, at); plan(3, new Date(at + 1).toISOString().replace('Z', '+00:00'));
        plan(2, at + 3); plan(4); plan(5, Date.now() - 1);
        const list = () => CapacitorNotifications.getPending().map((it) => [it.id, it.title, it.body, it.scheduleAt - at]);
        const all = list();
        CapacitorNotifications.cancel([{ id: 1 }, { id: 3 }, { id: 4 }, { id: 99 }]);
        const left = list();
        CapacitorNotifications.cancel(CapacitorNotifications.getPending());
        resolve({ all, left, none: list() });";
    let line = Bench::handler(body).line();
    let entry = |id: i32, after: i32| json!([id, "t", "b", after]);
    assert_eq!(line["value"]["all"], json!([entry(3, 1), entry(1, 2), entry(2, 3)]), "{line}");
    assert_eq!(line["value"]["left"], json!([entry(2, 3)]));
    assert_eq!(line["value"]["none"], json!([]));
    let kept = line["host"]["notifications"].as_array().expect("a list");
    assert_eq!(kept.iter().map(|it| &it["id"]).collect::<Vec<_>>(), [4, 5], "what is shown stays");
}

#[test]
fn c1_dates_cross_as_iso_text_with_a_zone() {
    let body = "CapacitorNotifications.schedule([{ id: 1, title: 'a', body: 'b', scheduleAt: new Date(1760000000000) }]); resolve()";
    let line = Bench::handler(body).line();
    assert_eq!(line["host"]["notifications"][0]["scheduleAt"], "2025-10-09T08:53:20.000Z");
}

#[test]
fn a_badge_that_is_cleared_or_zero_is_none() {
    for last in ["clearBadge()", "setBadge({ count: 0 })"] {
        let body = format!(
            "CapacitorNotifications.setBadge({{ count: 3 }}); CapacitorNotifications.{last}; resolve()"
        );
        let line = Bench::handler(&body).line();
        assert_eq!(line["outcome"], "resolved", "{line}");
        assert_eq!(line["host"]["badge"], Value::Null, "{last}");
    }
}

#[test]
fn a_watch_that_is_away_takes_no_messages_but_queues() {
    let body = "CapacitorWatch.transferUserInfo({ a: 1 });
        try { CapacitorWatch.sendMessage({ a: 2 }); } catch (e) { resolve(e.code) }";
    let line = with_host(body, &json!({ "watch": { "reachable": false } })).line();
    assert_eq!(line["value"], "UNAVAILABLE");
    assert_eq!(line["host"]["watch"].as_array().unwrap().len(), 1);
}

#[test]
fn c1_android_has_the_watch_api_and_says_that_it_is_not_available() {
    let body = "try { CapacitorWatch.sendMessage({}) } catch (e) { resolve([e.code, e.message]) }";
    let value = with_host(body, &json!({ "platform": "android" })).value();
    assert_eq!(value[0], "UNAVAILABLE");
    assert!(value[1].as_str().unwrap().to_lowercase().contains("android"), "{value}");
}

#[test]
fn c2_arguments_are_checked_against_the_definition() {
    let cases = [
        ("CapacitorKV.set('a', [1])", ["CapacitorKV.set", "value", "string", "array"]),
        ("CapacitorKV.set('a')", ["CapacitorKV.set", "value", "string", "undefined"]),
        ("CapacitorKV.get(Symbol('x'))", ["CapacitorKV.get", "key", "string", "symbol"]),
        (
            "CapacitorNotifications.schedule({})",
            ["CapacitorNotifications.schedule", "options", "array", "object"],
        ),
        (
            "CapacitorNotifications.schedule([{id: 'x', title: '', body: ''}])",
            ["CapacitorNotifications.schedule", "id", "whole number of 32 bits", "string"],
        ),
    ];
    for (call, parts) in cases {
        let body = format!(
            "try {{ {call}; resolve('done') }} catch (e) {{ resolve(e.name + ': ' + e.message) }}"
        );
        let value = Bench::handler(&body).value();
        let text = value.as_str().unwrap();
        assert!(text.starts_with("TypeError: "), "{call}: {text}");
        for part in parts {
            assert!(text.contains(part), "{call}: {part}: {text}");
        }
    }
}

#[test]
fn a_host_file_that_is_wrong_is_refused_with_its_place() {
    let cases = [
        (
            "{\n  \"batery\": {}\n}",
            ["unknown key `batery`", "host.json:2:3", "did you mean `battery`?"],
        ),
        (r#"{"battery":{"level":1}}"#, ["unknown key `level`", "host.json:1:13", "`batteryLevel`"]),
        (
            r#"{"battery":{"batteryLevel":"full"}}"#,
            ["invalid type: string \"full\"", "host.json:1:28", "f64"],
        ),
        (
            r#"{"permissions":{"geolocation":"grantd"}}"#,
            ["unknown value `grantd`", "host.json:1:31", "did you mean `granted`?"],
        ),
        (
            r#"{"platform":"symbian"}"#,
            ["unknown value `symbian`", "host.json:1:13", "`ios`, `android`"],
        ),
        (
            r#"{"http":[{"url":"x","status":99}]}"#,
            ["the status 99", "host.json:1:30", "200 and 599"],
        ),
        (
            r#"{"http":[{"url":"x","delay":5}]}"#,
            ["unknown key `delay`", "host.json:1:21", "`delayMs`"],
        ),
        (r#"{"kv":{"a":1}}"#, ["integer `1`", "host.json:1:12", "a string"]),
        (r#"{"kv":{"a":"1""#, ["the text ends", "host.json:1:12", "object"]),
        ("[]", ["expected an object", "host.json:1:1", "sequence"]),
        (r#"{"battery":[1,true]}"#, ["expected an object", "host.json:1:12", "sequence"]),
        (r#"{"http":[[]]}"#, ["expected an object", "host.json:1:10", "sequence"]),
        ("{'kv':{}}", ["key must be a string", "host.json:1:2", "host file"]),
        ("{\"kv\":é}", ["expected value", "host.json:1:7", "host file"]),
    ];
    for (text, parts) in cases {
        let ran = Bench::handler("resolve()").host(text).ran();
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{text}");
        for part in parts {
            assert!(ran.stderr.contains(part), "{text}: {part}:\n{}", ran.stderr);
        }
    }
}

#[test]
fn every_key_of_a_host_file_may_be_left_out() {
    for text in [
        "{}",
        r#"{"battery":{},"network":{},"location":null,"permissions":{},"app":{},"watch":{},"http":[]}"#,
        "\u{feff}{\"app\":{\"info\":{}}}",
    ] {
        assert_eq!(Bench::handler("resolve(1)").host(text).value(), 1, "{text}");
    }
}

#[test]
fn a_wait_of_fifteen_minutes_takes_no_time_on_the_virtual_clock() {
    let body = "
        const [before, made] = [Date.now(), new Date()];
        await new Promise((done) => setTimeout(done, 15 * 60 * 1000));
        resolve([Date.now() - before, new Date() - made, Date.parse(Date()) - made > 899000]);";
    let begin = now();
    let bench = with_host(body, &json!({ "clock": "virtual" })).with("--timeout", "20min");
    let line = bench.line();
    assert_eq!(line["value"], json!([900_000, 900_000, true]), "{line}");
    assert!(line["durationMs"].as_f64().unwrap() < 500.0, "{line}");
    assert!(begin.elapsed().as_secs_f64() < 10.0);
}

#[test]
fn performance_now_follows_the_virtual_clock() {
    let body = "const before = performance.now(); setTimeout(() => resolve(performance.now() - before), 60000)";
    let bench = with_host(body, &json!({ "clock": "virtual" })).with("--timeout", "2min");
    assert_eq!(bench.value(), 60_000);
}

#[test]
fn a_virtual_date_is_a_date() {
    let body = "class Mine extends Date {}
        resolve([new Date(2020, 1, 29).getDate(), new Date(0).toISOString(), Date.UTC(2020), Date.parse('1970-01-01'),
            new Mine() instanceof Date, Object.prototype.toString.call(new Date()), new Date().constructor === Date,
            Date.length, Date.name, typeof Date(), JSON.stringify(new Date(0)),
            Object.keys(Date)])";
    let host = json!({ "clock": "virtual" });
    assert_eq!(with_host(body, &host).value(), Bench::handler(body).value());
}

#[test]
fn virtual_timers_fire_in_order_and_logs_carry_virtual_times() {
    let body = "
        const seen = [];
        const at = (ms) => setTimeout(() => { seen.push(ms); console.log(ms); if (ms === 3600000) resolve(seen) }, ms);
        [50, 3600000, 10, 50.5, 1000].forEach(at);";
    let line = with_host(body, &json!({ "clock": "virtual" })).with("--timeout", "2h").line();
    assert_eq!(line["value"], json!([10, 50, 50.5, 1000, 3_600_000]));
    let last = line["logs"][4]["timeMs"].as_f64().unwrap();
    assert!((3_600_000.0..3_601_000.0).contains(&last), "{last}");
}

#[test]
fn d10_the_time_budget_holds_in_virtual_time_too() {
    let body = "setTimeout(() => resolve('late'), 60000)";
    for timeout in [None, Some("30s")] {
        let bench = with_host(body, &json!({ "clock": "virtual" }));
        let bench = match timeout {
            Some(timeout) => bench.with("--timeout", timeout),
            None => bench,
        };
        let begin = now();
        assert_eq!(bench.error()["code"], "DEADLINE_EXCEEDED", "{timeout:?}");
        assert!(begin.elapsed().as_secs_f64() < 10.0);
    }
}

#[test]
fn without_a_network_nothing_is_fetched() {
    let rule = json!([{ "url": "*", "body": "there" }]);
    for http in [json!([]), rule] {
        let host = json!({ "network": { "connected": false }, "http": http });
        let body = "try { await fetch('http://127.0.0.1:1234/'); resolve('there') }
            catch (error) { resolve([error.name, error.cause.code, error.cause.message]) }";
        let value = with_host(body, &host).value();
        assert_eq!(value[0], "TypeError");
        assert_eq!(value[1], "NO_NETWORK");
        assert!(value[2].as_str().unwrap().contains("connected"), "{value}");
    }
}

#[test]
fn with_rules_the_network_is_the_rules_unless_the_host_file_says_otherwise() {
    let body = "try { await fetch('http://127.0.0.1:1234/'); resolve('there') }
        catch (error) { resolve(error.cause.code) }";
    let rules = json!([{ "url": "https://api.example.com/*", "body": "there" }]);
    assert_eq!(with_host(body, &json!({ "http": rules })).value(), "NO_RULE");
    let open = json!({ "http": rules, "httpPassthrough": true });
    assert_eq!(with_host(body, &open).value(), "CONNECTION_REFUSED");
    assert_eq!(with_host(body, &json!({})).value(), "CONNECTION_REFUSED");
    assert_eq!(with_host(body, &json!({ "httpPassthrough": false })).value(), "NO_RULE");
}

#[test]
fn d10_a_device_with_many_notifications_is_as_fast_as_with_few() {
    let body = "const all = Array.from({ length: 1000 }, (_, id) => ({ id, title: 't', body: 'b' }));
        const once = (work) => { const from = performance.now(); work(); return performance.now() - from };
        const time = (work) => Math.min(...[1, 2, 3, 4, 5].map(() => once(work)));
        const few = time(() => CapacitorNotifications.schedule(all));
        for (let i = 1; i < 4; i++) CapacitorNotifications.schedule(all.map((it) => ({ ...it, id: it.id + 1000 * i })));
        resolve(time(() => CapacitorNotifications.schedule(all)) / few)";
    let ratio = Bench::handler(body).value().as_f64().expect("a number");
    assert!(ratio < 4.0, "{ratio} times as long beside four times as many");
    let ids = "const at = (id) => ({ id, title: 't', body: 'b' });
        CapacitorNotifications.schedule([at(1), at(2), at(1)]); CapacitorNotifications.schedule([at(3), at(2)]); resolve()";
    let line = Bench::handler(ids).line();
    let left = line["host"]["notifications"].as_array().expect("a list");
    assert_eq!(left.iter().map(|it| &it["id"]).collect::<Vec<_>>(), [1, 3, 2]);
}

/// Each object of the schema, by its path, with the names of its properties.
fn objects<'a>(schema: &'a Value, path: &[&'a str], found: &mut Vec<(Vec<&'a str>, Vec<&'a str>)>) {
    let Some(properties) = schema["properties"].as_object() else { return };
    found.push((path.to_vec(), properties.keys().map(String::as_str).collect()));
    for (name, schema) in properties {
        objects(schema, &[path, &[name]].concat(), found);
    }
}

#[test]
fn the_schema_of_host_files_knows_what_they_may_say() {
    let text = std::fs::read_to_string(root().join("generated/host.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let mut found = Vec::new();
    objects(&schema, &[], &mut found);
    objects(&schema["properties"]["http"]["items"], &["http", "[]"], &mut found);
    assert!(found.len() > 9, "{found:?}");
    for (path, mut names) in found {
        let wrong = json!({ "zzzzzzzzzzzzzzzz": 1 });
        let file = path.iter().rev().fold(wrong, |inner, name| match *name {
            "[]" => json!([inner]),
            name => json!({ name: inner }),
        });
        let error = HostFile::parse(&file.to_string()).expect_err("nobody reads that key");
        let help = error.help.expect("it lists what there is");
        let mut known: Vec<_> = help.split('`').skip(1).step_by(2).collect();
        known.sort_unstable();
        names.sort_unstable();
        assert_eq!(known, names, "{path:?}");
    }
}
