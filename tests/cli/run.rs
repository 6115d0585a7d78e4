//! `background-runner run`: its options, its outcomes, its messages.

use std::fs;

use background_runner_tests::root;
use serde_json::{Value, json};

use crate::{Bench, command, now};

fn example(event: &str, details: &str) -> Value {
    let arguments =
        ["run", "examples/background.js", "--event", event, "--details", details, "--json"];
    let ran = command(root(), arguments);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    serde_json::from_str(&ran.stdout).expect("the line is JSON")
}

#[test]
fn the_example_resolves_without_a_value() {
    let line = example("myCustomEvent", "{}");
    assert_eq!(line["outcome"], "resolved");
    assert_eq!(line.get("value"), None);
    assert_eq!(line["logs"][0]["level"], "log");
}

#[test]
fn the_example_returns_the_user_that_it_changed() {
    let details = r#"{"user":{"firstName":"John","lastName":"Doe","age":7}}"#;
    let line = example("myCustomEventWithReturnData", details);
    let user = json!({ "firstName": "John 你好", "lastName": "Doe 世界", "age": 7 });
    assert_eq!(line["value"], user);
    let log = line["logs"][0]["message"].as_str().unwrap();
    assert!(log.contains(r#"{"firstName":"John","lastName":"Doe","age":7}"#), "{log}");
}

#[test]
fn the_example_rejects_a_user_that_is_not_there() {
    let arguments =
        ["run", "examples/background.js", "--event", "myCustomEventWithReturnData", "--json"];
    let ran = command(root(), arguments);
    let line: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(line["error"]["code"], "REJECTED");
    assert_eq!(line["error"]["name"], "TypeError");
    assert_eq!(ran.code, 1);
}

#[test]
fn the_example_schedules_one_notification() {
    let line = example("remoteNotification", r#"{"aps":{"content-available":1}}"#);
    assert_eq!(line.get("value"), None);
    let notifications = line["host"]["notifications"].as_array().unwrap();
    assert_eq!(notifications.len(), 1);
    assert_eq!(notifications[0]["id"], 100);
    assert_eq!(notifications[0]["title"], "Enterprise Background Runner");
}

#[test]
fn the_todo_example_fetches_stores_and_notifies() {
    let arguments = [
        "run",
        "examples/todos.js",
        "--event",
        "syncTodos",
        "--host",
        "examples/todos.host.json",
        "--json",
    ];
    let ran = command(root(), arguments);
    let line: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(line["value"], json!({ "fresh": 2 }), "{line}");
    assert_eq!(line["host"]["kv"], json!({ "lastSeen": "3", "token": "s3cret" }));
    assert_eq!(line["host"]["notifications"][0]["body"], "Call Ada, Water the plants");
}

#[test]
fn every_outcome_has_its_code() {
    let cases = [
        ("reject(new RangeError('no'))", "REJECTED"),
        ("throw {code: 1}", "EXCEPTION"),
        ("throw null", "EXCEPTION"),
        ("await Promise.reject('x')", "EXCEPTION"),
        ("", "NEVER_SETTLED"),
        ("await new Promise(() => {})", "NEVER_SETTLED"),
        ("const a = {}; a.a = a; resolve(a)", "NOT_SERIALIZABLE"),
        ("resolve(1n)", "NOT_SERIALIZABLE"),
        ("for (;;) {}", "DEADLINE_EXCEEDED"),
        ("const a = []; for (;;) a.push(new Array(1000).fill(a.length))", "OUT_OF_MEMORY"),
    ];
    for (body, code) in cases {
        let bench = Bench::handler(body).with("--timeout", "2s").with("--memory", "16MiB");
        assert_eq!(bench.error()["code"], code, "{body}");
    }
}

#[test]
fn d5_any_json_value_comes_out_as_it_went_in() {
    let values = [
        "null",
        "false",
        "0",
        "-0.5",
        "1e+21",
        "\"\"",
        "\"你好 \\u0000 \\\"q\\\" 🎈\"",
        "[]",
        "{}",
        "[1,[2,[3]],{\"a\":null}]",
        "{\"z\":1,\"a\":2,\"10\":3}",
    ];
    for value in values {
        let bench = Bench::handler(&format!("resolve(JSON.parse({}))", json!(value)));
        let expected: Value = serde_json::from_str(value).unwrap();
        assert_eq!(bench.value(), expected, "{value}");
    }
}

#[test]
fn d5_no_value_is_absent_and_null_is_not() {
    for body in ["resolve()", "resolve(undefined)", "resolve(() => {})"] {
        let line = Bench::handler(body).line();
        assert_eq!(line.get("value"), None, "{body}: {line}");
    }
    assert_eq!(Bench::handler("resolve(null)").line().get("value"), Some(&Value::Null));
}

#[test]
fn d3_details_arrive_from_the_command_line_and_from_a_file() {
    let details = r#"{ "name": "你好", "list": [1, 2.5, null] }"#;
    let expected: Value = serde_json::from_str(details).unwrap();
    let bench = Bench::handler("resolve(args)");
    bench.write("details.json", format!("\u{feff}{details}\n"));
    assert_eq!(bench.with("--details", "@details.json").value(), expected);
    assert_eq!(Bench::handler("resolve(args)").with("--details", details).value(), expected);
    assert_eq!(Bench::handler("resolve(args)").value(), json!({}));
}

#[test]
fn d16_details_that_are_no_object_and_an_empty_event_are_invalid_arguments() {
    for details in ["[1]", "\"x\"", "7", "null"] {
        let error = Bench::handler("resolve()").with("--details", details).error();
        assert_eq!(error["code"], "INVALID_ARGUMENT", "{details}");
    }
    let bench = Bench::handler("resolve()");
    let ran = command(bench.folder.path(), ["run", "runner.js", "--event", "", "--json"]);
    let line: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(line["error"]["code"], "INVALID_ARGUMENT");
}

#[test]
fn d8_an_unknown_event_lists_the_known_ones_and_suggests_the_nearest() {
    let script = "addEventListener('sync', () => {}); addEventListener('gone', () => {});";
    let error = Bench::new(script).error();
    assert_eq!(error["code"], "EVENT_NOT_FOUND");
    let message = error["message"].as_str().unwrap();
    for part in ["`go`", "`sync`", "`gone`"] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn d16_a_script_error_names_the_place_as_it_was_typed() {
    let bench = Bench::named("runners/bad.js", "let a = 1;\n  let b = ;\n");
    let error = bench.error();
    assert_eq!(error["code"], "SCRIPT_ERROR");
    assert_eq!(error["name"], "SyntaxError");
    let stack = error["stack"].as_str().unwrap();
    assert!(stack.contains("runners/bad.js:2:11"), "{stack}");
}

#[test]
fn d18_a_module_imports_what_stands_beside_it_and_nothing_outside() {
    let script = "import { twice } from './lib/twice.mjs';\n\
                  addEventListener('go', (resolve) => resolve(twice(21)));";
    let bench = Bench::named("runners/main.mjs", script);
    bench.write("runners/lib/twice.mjs", "export const twice = (n) => n * 2;");
    assert_eq!(bench.value(), 42);

    let bench = Bench::named("main.mjs", "import '../outside.mjs';");
    let error = bench.error();
    assert_eq!(error["code"], "SCRIPT_ERROR", "{error}");
    assert!(error["message"].as_str().unwrap().contains("outside"), "{error}");
}

#[cfg(unix)]
#[test]
fn d18_a_link_leads_out_of_the_bundle_no_more_than_a_path_does() {
    use std::os::unix::fs::symlink;

    let elsewhere = tempfile::tempdir().expect("a folder");
    std::fs::write(elsewhere.path().join("secret.mjs"), "export const it = 1;").expect("written");
    let script = "addEventListener('go', (resolve) => import(`./${'linked'}/secret.mjs`)\
                  .then(({ it }) => resolve(it), (error) => resolve(error.message)));";
    let bench = Bench::named("main.js", script);
    symlink(elsewhere.path(), bench.folder.path().join("linked")).expect("linked");
    let value = bench.value();
    assert!(value.as_str().is_some_and(|text| text.contains("outside the bundle")), "{value}");

    // Within the bundle links are as good as files, and a runner that is named by a link is where it is.
    bench.write("real/secret.mjs", "export const it = 2;");
    std::fs::remove_file(bench.folder.path().join("linked")).expect("removed");
    symlink("real", bench.folder.path().join("linked")).expect("linked");
    assert_eq!(bench.value(), 2);
    let far = tempfile::tempdir().expect("a folder");
    symlink(bench.folder.path().join("main.js"), far.path().join("far.js")).expect("linked");
    let ran = command(far.path(), ["run", "far.js", "--event", "go"]);
    assert!(ran.stdout.trim().ends_with('2'), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn the_json_line_has_the_documented_shape() {
    let bench = Bench::handler("console.warn('hi', 1); CapacitorKV.set('k', 'v'); resolve(5)");
    let ran =
        command(bench.folder.path(), bench.arguments.iter().map(String::as_str).chain(["--json"]));
    let keys: Vec<_> = serde_json::from_str::<serde_json::Map<String, Value>>(&ran.stdout)
        .unwrap()
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    assert_eq!(keys, ["outcome", "value", "logs", "host", "durationMs", "heapPeakBytes"]);
    let line: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(line["logs"][0]["level"], "warn");
    assert_eq!(line["logs"][0]["message"], "hi 1");
    assert!(line["logs"][0]["timeMs"].as_f64().is_some_and(|time| (0.0..10_000.0).contains(&time)));
    let host = json!({ "kv": { "k": "v" }, "notifications": [], "badge": null, "watch": [] });
    assert_eq!(line["host"], host);
    assert!(line["durationMs"].as_f64().is_some_and(|time| time > 0.0));
    assert!(line["heapPeakBytes"].as_u64().is_some_and(|bytes| bytes > 10_000));
}

#[test]
fn a_failure_has_the_documented_shape() {
    let body = "const e = new TypeError('no'); e.code = 'E_NO'; e.cause = {a: 1}; reject(e)";
    let line = Bench::handler(body).line();
    assert_eq!(line.get("value"), None);
    let error = &line["error"];
    assert_eq!(error["code"], "REJECTED");
    assert_eq!(error["name"], "TypeError");
    assert_eq!(error["message"], "no");
    assert_eq!(error["scriptCode"], "E_NO");
    assert_eq!(error["cause"], json!({ "a": 1 }));
    assert!(error["stack"].as_str().unwrap().contains("runner.js:1:"), "{error}");
}

#[test]
fn the_readable_log_comes_in_order_and_ends_with_the_outcome() {
    let body = "console.log('first\\nsecond'); console.error(new Error('bad').message); resolve({ok: true})";
    let ran = Bench::handler(body).ran();
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let places: Vec<_> =
        ["log   first\n", "second\n", "error bad\n", "resolved in ", "\"ok\": true"]
            .iter()
            .map(|part| ran.stdout.find(part).unwrap_or_else(|| panic!("{part}:\n{}", ran.stdout)))
            .collect();
    assert!(places.is_sorted(), "{}", ran.stdout);
    assert!(!ran.stdout.contains('\u{1b}'), "colours are for terminals");
}

#[test]
fn the_readable_failure_says_what_and_where() {
    let ran = Bench::handler("\n  throw new RangeError('too far')").ran();
    assert_eq!(ran.code, 1);
    for part in ["failed after ", "EXCEPTION: ", "too far", "runner.js:2:"] {
        assert!(ran.stdout.contains(part), "{part}:\n{}", ran.stdout);
    }
}

#[test]
fn the_readable_log_comes_as_it_happens() {
    use std::io::{BufRead as _, BufReader};
    let bench = Bench::handler(
        "console.log('at once'); await new Promise((done) => setTimeout(done, 20000))",
    );
    let mut child = std::process::Command::new(background_runner_tests::background_runner())
        .args(&bench.arguments)
        .current_dir(bench.folder.path())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ended = child.try_wait().unwrap().is_some();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(line.contains("at once") && !ended, "{line}");
}

#[test]
fn what_is_wrong_with_the_call_is_told_with_the_way_out() {
    let cases: [(&[&str], &[&str]); 8] = [
        (&["run", "runer.js", "--event", "go"], &["`runer.js` does not exist", "`./runner.js`"]),
        (&["run", ".", "--event", "go"], &["`.` is not a file"]),
        (
            &["run", "runner.js", "--event", "go", "--details", "{\"a\":1,}"],
            &["key must be a string", "--details:1:8"],
        ),
        (
            &["run", "runner.js", "--event", "go", "--details", "@gone.json"],
            &["`gone.json` cannot be read"],
        ),
        (
            &["run", "runner.js", "--event", "go", "--host", "gone.json"],
            &["`gone.json` cannot be read"],
        ),
        (&["run", "runner.js", "--event", "go", "--timeout", "30"], &["--timeout", "`30s`"]),
        (&["run", "runner.js", "--event", "go", "--memory", "much"], &["--memory", "`64MiB`"]),
        (&["run", "runner.js", "--event", "go", "--quiet"], &["--quiet"]),
    ];
    let bench = Bench::handler("resolve()");
    for (arguments, parts) in cases {
        for json in [None, Some(&"--json")] {
            let ran = command(bench.folder.path(), arguments.iter().chain(json));
            assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}: {}", ran.stderr);
            for part in parts {
                assert!(ran.stderr.contains(part), "{arguments:?}: {part}:\n{}", ran.stderr);
            }
        }
    }
}

#[test]
fn durations_and_sizes_are_read_as_people_write_them() {
    for timeout in ["500ms", "30s", "0.5min", "1 m", "1h"] {
        assert_eq!(
            Bench::handler("resolve()").with("--timeout", timeout).ran().code,
            0,
            "{timeout}"
        );
    }
    for timeout in ["0s", "-1s", "s", "1d", "1e400s", "", "NaNs", "infs"] {
        let timeout = format!("--timeout={timeout}");
        assert_eq!(Bench::handler("resolve()").arg(&timeout).ran().code, 2, "{timeout}");
    }
    for memory in ["8MiB", "65536KiB", "1GiB", "64MB", "20000000B"] {
        assert_eq!(Bench::handler("resolve()").with("--memory", memory).ran().code, 0, "{memory}");
    }
    for memory in ["0B", "64", "64 mb", "-1MiB", "1e40GB"] {
        let memory = format!("--memory={memory}");
        assert_eq!(Bench::handler("resolve()").arg(&memory).ran().code, 2, "{memory}");
    }
}

#[test]
fn d10_the_time_out_of_the_command_line_is_the_deadline() {
    let begin = now();
    let error = Bench::handler("for (;;) {}").with("--timeout", "300ms").error();
    assert_eq!(error["code"], "DEADLINE_EXCEEDED");
    assert!(begin.elapsed().as_secs_f64() < 5.0);
}

#[test]
fn the_label_is_the_files_name_unless_it_is_given() {
    let body = "resolve(context.label)";
    assert_eq!(Bench::handler(body).value(), "runner");
    assert_eq!(Bench::handler(body).with("--label", "com.example.x").value(), "com.example.x");
}

#[test]
fn a_file_from_another_folder_runs_too() {
    let elsewhere = Bench::handler("resolve(1)");
    let path = elsewhere.folder.path().join("runner.js");
    let here = tempfile::tempdir().unwrap();
    let ran = command(here.path(), ["run", path.to_str().unwrap(), "--event", "go", "--json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    fs::create_dir(here.path().join("deep")).unwrap();
    fs::copy(&path, here.path().join("runner.js")).unwrap();
    let ran = command(&here.path().join("deep"), ["run", "../runner.js", "--event", "go"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn every_command_explains_itself() {
    let bench = Bench::handler("");
    for arguments in [&["--help"][..], &["--version"], &["run", "--help"], &["generate", "--help"]]
    {
        let ran = command(bench.folder.path(), arguments);
        assert_eq!(ran.code, 0, "{arguments:?}");
        assert!(!ran.stdout.is_empty());
    }
    assert_eq!(command(bench.folder.path(), ["fly"]).code, 2);
    assert_eq!(command(bench.folder.path(), Vec::<&str>::new()).code, 2);
}

#[test]
fn d18_types_are_stripped_and_places_stay() {
    let script = "import type { Gone } from './gone';\nimport { double } from './lib.ts';\n\
        interface Args { n: number }\naddEventListener('go', (resolve: (n: unknown) => void, reject, args: Args) => {\n\
        \x20 if (args.n > 5) throw new RangeError('far' as string);\n  resolve(double(args.n!));\n});";
    let bench = Bench::named("runner.ts", script);
    bench.write("lib.ts", "export const double = (n: number): number => n * 2;");
    assert_eq!(bench.with("--details", "{\"n\":4}").value(), 8);

    let bench = Bench::named("runner.ts", script).with("--details", "{\"n\":6}");
    bench.write("lib.ts", "export const double = (n: number): number => n * 2;");
    let error = bench.error();
    assert_eq!(error["name"], "RangeError");
    assert!(error["stack"].as_str().unwrap().contains("runner.ts:5:"), "{error}");
}

#[test]
fn d18_what_is_more_than_types_is_told_with_its_place() {
    for (script, parts) in [
        ("let a = 1;\nenum Kind { one }", ["`enum`", "runner.ts:2:1"]),
        ("let a: = 1;", ["expected", "runner.ts:1:8"]),
    ] {
        let error = Bench::named("runner.ts", script).error();
        assert_eq!(error["code"], "SCRIPT_ERROR", "{error}");
        for part in parts {
            assert!(error["message"].as_str().unwrap().to_lowercase().contains(part), "{error}");
        }
    }
}
