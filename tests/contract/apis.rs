//! The device APIs (C1 to C4).

use std::sync::{Arc, Mutex};

use background_runner::{ApiSpec, Code, HostCall, HostError, Reply, Settings};

use crate::host::{Case, TestHost, handler};

/// Answers every call with its arguments.
fn echoing(host: &mut TestHost) {
    host.calls = Box::new(|call: HostCall, reply: Reply| {
        reply.ok(format!(r#"{{"call":"{}.{}","args":{}}}"#, call.api, call.method, call.args_json));
    });
}

/// The arguments that arrive at the host for a call of a script's.
#[track_caller]
fn arrives(call: &str) -> String {
    let seen = Arc::new(Mutex::new(String::new()));
    let sees = Arc::clone(&seen);
    let case = handler(&format!("{call}; resolve()")).host(|host| {
        host.calls = Box::new(move |call, reply| {
            sees.lock().unwrap().clone_from(&call.args_json);
            reply.ok("");
        });
    });
    assert_eq!(case.value(), "no value");
    let seen = seen.lock().unwrap();
    seen.clone()
}

#[test]
fn c1_the_apis_are_there_on_every_platform() {
    let names = "['CapacitorDevice', 'CapacitorKV', 'CapacitorNotifications',
        'CapacitorGeolocation', 'CapacitorWatch', 'CapacitorApp']";
    for platform in ["ios", "android", "web", "desktop"] {
        let mut case = handler(&format!("resolve({names}.map((it) => typeof globalThis[it]))"));
        case.settings.platform = platform.into();
        assert_eq!(case.value().matches("object").count(), 6, "{platform}");
    }
}

#[test]
fn c1_what_a_platform_lacks_throws_unavailable() {
    let mut case = handler("CapacitorWatch.sendMessage({ a: 1 })");
    case.settings.platform = "android".into();
    let error = case.failure();
    assert_eq!(error.script_code, Some("UNAVAILABLE".into()));
    assert!(error.message.contains("android"), "{}", error.message);
}

#[test]
fn c1_is_reachable_can_be_read_and_called() {
    for truth in [true, false] {
        let answer = move |host: &mut TestHost| {
            host.calls = Box::new(move |_, reply| reply.ok(truth.to_string()));
        };
        let body = "const it = CapacitorWatch.isReachable;
            resolve([it ? 'yes' : 'no', it(), CapacitorWatch.isReachable(), it])";
        let word = if truth { "yes" } else { "no" };
        let expected = format!(r#"["{word}",{truth},{truth},{truth}]"#);
        assert_eq!(handler(body).host(answer).value(), expected);
    }
}

#[test]
fn c2_a_wrong_argument_is_a_type_error_that_names_everything() {
    for (call, expected) in [
        (
            "KV.set('k', {})",
            "KV.set: `value` must be a string, but it is an object; write \
             `CapacitorKV.set(key, value)`",
        ),
        (
            "KV.set({ key: 'k', value: 'v' })",
            "KV.set: `key` must be a string, but it is an object; write `CapacitorKV.set(key, value)`",
        ),
        (
            "KV.set()",
            "KV.set: `key` must be a string, but it is undefined; write \
             `CapacitorKV.set(key, value)`",
        ),
        (
            "KV.get(Symbol())",
            "KV.get: `key` must be a string, but it is a symbol; write `CapacitorKV.get(key)`",
        ),
        (
            "Notifications.schedule({})",
            "Notifications.schedule: `options` must be an array, but it is an object; write \
             `CapacitorNotifications.schedule([{ id, title, body }])`",
        ),
        (
            "Notifications.schedule({ notifications: [{ id: 1, title: 't', body: 'b' }] })",
            "Notifications.schedule: `options` must be an array, but it is an object with the array \
             in `notifications`; write `CapacitorNotifications.schedule([{ id, title, body }])`",
        ),
        (
            "Notifications.schedule([{ id: 'one', title: 't', body: 'b' }])",
            "Notifications.schedule: `options[0].id` must be a whole number of 32 bits, but it is a \
             string; write `CapacitorNotifications.schedule([{ id, title, body }])`",
        ),
        (
            "Notifications.schedule([{ id: 1, title: 't', body: 'b' }, null])",
            "Notifications.schedule: `options[1]` must be an object, but it is null; write \
             `CapacitorNotifications.schedule([{ id, title, body }])`",
        ),
        (
            "Notifications.schedule([{ id: 1, title: 't', body: 'b', scheduleAt: 'now' }])",
            "Notifications.schedule: `options[0].scheduleAt` must be a Date, a time in \
             milliseconds or an ISO 8601 text, but it is \"now\"; write \
             `CapacitorNotifications.schedule([{ id, title, body }])`",
        ),
        (
            "Watch.updateWatchUI({ watchUI: 1 })",
            "Watch.updateWatchUI: `options.watchUI` must be a string, but it is the number 1; write \
             `CapacitorWatch.updateWatchUI({ watchUI })`",
        ),
    ] {
        let error = handler(&format!("Capacitor{call}")).host(echoing).failure();
        assert_eq!((error.code, error.name.as_str()), (Code::Exception, "TypeError"), "{call}");
        assert_eq!(error.message, format!("Capacitor{expected}"));
    }
}

/// What release 3 took on Android (`JS_ToCString` for the store, `JSONObject.optInt`, `optString` and
/// `optBoolean` for notifications) and what becomes of it, with how many warnings.
#[test]
fn c2_what_release_3_took_is_taken_with_a_warning() {
    let notify = |fields: &str| {
        format!("CapacitorNotifications.schedule([{{ id: 1, title: 't', body: 'b', {fields} }}])")
    };
    let notified = |fields: &str| format!(r#"[[{{"id":{fields}}}]]"#);
    for (call, expected, warnings) in [
        ("CapacitorKV.set('k', 5)".to_owned(), r#"["k","5"]"#.to_owned(), 1),
        ("CapacitorKV.set('k', -0)".to_owned(), r#"["k","0"]"#.to_owned(), 1),
        ("CapacitorKV.set('k', 1e21)".to_owned(), r#"["k","1e+21"]"#.to_owned(), 1),
        ("CapacitorKV.set('k', NaN)".to_owned(), r#"["k","NaN"]"#.to_owned(), 1),
        ("CapacitorKV.set(7, true)".to_owned(), r#"["7","true"]"#.to_owned(), 2),
        ("CapacitorKV.set('k', 5n)".to_owned(), r#"["k","5"]"#.to_owned(), 1),
        ("CapacitorKV.set('k', 'v')".to_owned(), r#"["k","v"]"#.to_owned(), 0),
        (notify("id: 1764417600123"), notified(r#"-813958533,"title":"t","body":"b""#), 1),
        (notify("id: -1"), notified(r#"-1,"title":"t","body":"b""#), 0),
        (notify("id: 4294967297"), notified(r#"1,"title":"t","body":"b""#), 1),
        (notify("id: -2147483649"), notified(r#"2147483647,"title":"t","body":"b""#), 1),
        (notify("id: 1.9"), notified(r#"1,"title":"t","body":"b""#), 1),
        (notify("id: '42'"), notified(r#"42,"title":"t","body":"b""#), 1),
        (notify("title: 7"), notified(r#"1,"title":"7","body":"b""#), 1),
        (
            notify("ongoing: 'true', largeBody: null"),
            notified(r#"1,"title":"t","body":"b","ongoing":true"#),
            1,
        ),
        (
            "CapacitorNotifications.setBadge({ count: '3' })".to_owned(),
            r#"[{"count":3}]"#.to_owned(),
            1,
        ),
    ] {
        let seen = Arc::new(Mutex::new(String::new()));
        let sees = Arc::clone(&seen);
        let case = handler(&format!("{call}; {call}; resolve()")).host(|host| {
            host.keeps_kv = false;
            host.calls = Box::new(move |call, reply| {
                sees.lock().unwrap().clone_from(&call.args_json);
                reply.ok("");
            });
        });
        assert_eq!(case.value(), "no value", "{call}");
        assert_eq!(*seen.lock().unwrap(), expected, "{call}");
        let logs = case.host.log_lines();
        assert_eq!(logs.len(), warnings, "{call}: {logs:?}");
        assert!(
            logs.iter().all(|it| it.starts_with("warn: Capacitor") && it.contains("write")
                || it.contains("leave out")),
            "{logs:?}"
        );
    }
}

/// What a warning advises fits what was given.
#[test]
fn c2_a_warning_says_what_to_write() {
    for (count, advice) in [
        ("'3'", "leave out the quotes"),
        ("' 3 '", "write a whole number of 32 bits, without quotes"),
        ("'4294967297'", "write a whole number of 32 bits, without quotes"),
        ("1.5", "write a whole number, such as `Math.trunc(value)`"),
        ("4294967297", "write a smaller number, such as `Date.now() % 2147483647`"),
    ] {
        let case =
            handler(&format!("CapacitorNotifications.setBadge({{ count: {count} }}); resolve()"))
                .host(|host| host.calls = Box::new(|_, reply| reply.ok("")));
        assert_eq!(case.value(), "no value", "{count}");
        let logs = case.host.log_lines();
        assert!(logs[0].ends_with(&format!("as in release 3; {advice}")), "{count}: {logs:?}");
    }
}

#[test]
fn c2_arguments_arrive_as_the_definition_says() {
    let call = "CapacitorWatch.updateWatchUI({ watchUI: '\"\\n' })";
    assert_eq!(arrives(call), r#"[{"watchUI":"\"\n"}]"#);
    let call = "CapacitorNotifications.schedule([{ id: 100, title: '你好', body: '\\ud800',
        scheduleAt: new Date(0), unknown: 1, groupSummary: true, extra: { a: [1] } }])";
    assert_eq!(
        arrives(call),
        r#"[[{"id":100,"title":"你好","body":"�","scheduleAt":"1970-01-01T00:00:00.000Z","groupSummary":true,"extra":{"a":[1]}}]]"#
    );
    for (at, expected) in [
        ("new Date(Date.UTC(2024, 1, 29, 23, 59, 58, 7))", "2024-02-29T23:59:58.007Z"),
        ("-62198755200000", "-000001-01-01T00:00:00.000Z"),
        ("253402300800000", "+010000-01-01T00:00:00.000Z"),
        ("'2024-02-29T23:59:58+01:00'", "2024-02-29T23:59:58+01:00"),
    ] {
        let call = format!(
            "CapacitorNotifications.schedule([{{ id: 1, title: '', body: '', scheduleAt: {at} }}])"
        );
        assert!(arrives(&call).contains(expected), "{at}: {}", arrives(&call));
    }
}

#[test]
fn c2_a_value_is_read_once() {
    let call = "let n = 0; CapacitorNotifications.schedule([{ get id() { return n++ ? 'x' : 7 },
        title: 't', body: 'b' }])";
    assert_eq!(arrives(call), r#"[[{"id":7,"title":"t","body":"b"}]]"#);
}

#[test]
fn c3_a_synchronous_method_gives_its_result_and_throws_its_error() {
    let body = "CapacitorKV.set('k', ''); const there = CapacitorKV.get('k');
        CapacitorKV.remove('k'); resolve([there, CapacitorKV.get('k')])";
    assert_eq!(handler(body).value(), r#"[{"value":""},null]"#);
    let fails = "try { CapacitorApp.getInfo() } catch (e) {
        resolve([e instanceof Error, e.code, e.message]) }";
    assert_eq!(handler(fails).value(), r#"[true,"UNAVAILABLE","no `CapacitorApp`"]"#);
}

#[test]
fn c3_an_answer_that_is_not_json_is_an_error() {
    let garbage = |host: &mut TestHost| host.calls = Box::new(|_, reply| reply.ok("{nonsense"));
    let body = "try { CapacitorApp.getInfo() } catch (e) { resolve([e.code, e.message]) }";
    let value = handler(body).host(garbage).value();
    assert!(value.starts_with(r#"["HOST_ERROR","the host's answer to `CapacitorApp.getInfo`"#));
}

/// An API that the app registered, with a method of each kind.
fn registered(case: Case) -> Case {
    let json = r#"{"name": "Contacts", "methods": [
        {"name": "count", "returns": "integer"},
        {"name": "find", "params": [{"name": "query", "type": {"object": [
            {"name": "name", "type": "string"}, {"name": "limit", "type": "integer", "optional": true}
        ]}}], "returns": {"array": "string"}, "async": true}]}"#;
    let mut case = case;
    case.settings.apis = vec![serde_json::from_str::<ApiSpec>(json).expect("a declaration")];
    case
}

#[test]
fn c4_an_app_registers_its_own_functions() {
    let case = registered(handler(
        "Contacts.find({ name: 'a', limit: 2 }).then((found) => resolve([found, Contacts.count()]))",
    ))
    .host(echoing);
    assert_eq!(
        case.value(),
        r#"[{"call":"Contacts.find","args":[{"name":"a","limit":2}]},{"call":"Contacts.count","args":[]}]"#
    );
    let wrong = registered(handler("Contacts.find({ name: 1 })")).failure();
    assert_eq!(wrong.name, "TypeError");
}

#[test]
fn c4_the_configuration_may_hold_the_apps_own_functions() {
    let settings = |returns: &str| {
        let api = format!(
            r#"{{"name": "Contacts", "methods": [{{"name": "count", "returns": "{returns}"}}]}}"#
        );
        format!(
            r#"{{"config": {{"label": "a", "src": "runner.js", "apis": ["kv"], "hostApis": [{api}]}}}}"#
        )
    };
    let mut case = handler("resolve(Contacts.count())").host(echoing);
    case.request.label = "a".into();
    case.settings = Settings::from_json(&settings("integer")).expect("they are valid");
    assert_eq!(case.value(), r#"{"call":"Contacts.count","args":[]}"#);
    let error = Settings::from_json(&settings("nonsense")).expect_err("there is no such type");
    assert_eq!(error.code, Code::InvalidArgument);
}

#[test]
fn c3_an_asynchronous_answer_may_come_from_any_thread_late_twice_or_never() {
    let late = |host: &mut TestHost| {
        host.calls = Box::new(|_, reply| drop(std::thread::spawn(move || reply.ok("[\"late\"]"))));
    };
    let body = "Contacts.find({ name: 'a' }).then(resolve, reject)";
    assert_eq!(registered(handler(body)).host(late).value(), r#"["late"]"#);

    let drops = |host: &mut TestHost| host.calls = Box::new(|_, reply| drop(reply));
    let error = registered(handler(body)).host(drops).failure();
    assert_eq!((error.code, error.message.as_str()), (Code::Rejected, "the host dropped the call"));
    assert_eq!(error.script_code, Some("HOST_ERROR".into()));

    let fails = |host: &mut TestHost| {
        host.calls = Box::new(|_, reply| reply.fail(HostError::new("DENIED", "no")));
    };
    let awaits = "Contacts.find({ name: 'a' }).catch((e) => resolve([e.code, e.message]))";
    assert_eq!(registered(handler(awaits)).host(fails).value(), r#"["DENIED","no"]"#);
}

#[test]
fn c6_an_api_that_the_config_does_not_name_is_refused() {
    let mut case = handler("CapacitorKV.set('a', 'b'); CapacitorApp.getState()");
    case.settings.runners[0].apis = Some(vec!["kv".into()]);
    let (code, message) = case.error();
    assert_eq!(code, Code::HostError);
    assert!(message.contains("add `app` to `apis`"), "{message}");
}
