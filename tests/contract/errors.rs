//! What is logged, what is told, and what a file may be (D15, D16, D18).

use std::{
    fs,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use background_runner::{Code, HistoryQuery, Host as _, Request, RunnerSpec};

use crate::host::{LABEL, TestHost, handler, script, with_host};
use crate::runner::Runner;

#[test]
fn d15_a_throwing_timer_is_logged_and_ends_nothing() {
    let case = handler("setTimeout(() => { throw new Error('boom') }, 0); setTimeout(resolve, 5)");
    assert_eq!(case.value(), "no value");
    let logs = case.host.log_lines();
    assert_eq!(logs.len(), 1, "{logs:?}");
    assert!(logs[0].starts_with("error: uncaught in a timer: Error: boom\n"), "{logs:?}");
    assert!(logs[0].contains("runner.js:1:"), "{logs:?}");
}

#[test]
fn d15_an_unhandled_rejection_is_logged_once() {
    let body = "Promise.reject(new TypeError('lost')); const late = Promise.reject(1);
        late.catch(() => {}); setTimeout(resolve, 5)";
    let case = handler(body);
    assert_eq!(case.value(), "no value");
    let logs = case.host.log_lines();
    assert_eq!(logs.len(), 1, "{logs:?}");
    assert!(logs[0].starts_with("error: uncaught in a promise: TypeError: lost"), "{logs:?}");
}

#[test]
fn d15_a_rejection_of_the_handler_itself_is_the_outcome_and_not_a_log_line() {
    let case = script("addEventListener('test', async () => { throw new Error('e') })");
    assert_eq!(case.error(), (Code::Exception, "e".into()));
    assert_eq!(case.host.log_lines(), [""; 0]);
}

#[test]
fn d16_a_syntax_error_names_file_line_and_column() {
    let error = script("const a = 1;\nconst b = ;\n").failure();
    assert_eq!((error.code, error.name.as_str()), (Code::ScriptError, "SyntaxError"));
    assert!(error.message.ends_with("(runner.js:2:11)"), "{}", error.message);
}

#[test]
fn d16_an_exception_in_the_file_names_its_place() {
    let error = script("const a = 1;\n\n   null.x;\n").failure();
    assert_eq!((error.code, error.name.as_str()), (Code::ScriptError, "TypeError"));
    assert!(error.message.contains("(runner.js:3:"), "{}", error.message);
    let large = format!("const a = 1;\n/*{}*/\n   null.x;\n", "x".repeat(9000));
    let case = script(&large);
    let runner = case.runner();
    for cached in [false, true] {
        let error = runner.run(case.request.clone()).result.unwrap_err();
        assert!(error.message.contains("(runner.js:3:"), "cached {cached}: {}", error.message);
    }
}

/// What the engine tells no place of: the file `runner.js` beside `lib.mjs`, and what the message ends
/// with.
#[test]
fn d16_whatever_is_wrong_with_a_file_has_a_place() {
    for (text, lib, ends) in [
        // Regular expressions, of which the compiler forgets where it read them.
        ("const a = 1;\n  let b = /(/;", "", "expecting ')' (runner.js:2:11)"),
        (
            "const a = 'é';\nf(1 / 2, /a/zz);",
            "",
            "invalid regular expression flags (runner.js:2:10)",
        ),
        (
            "const a = 4 / 2 / 1, b = [/a\\/b/, /[/]/];\nreturn_(/a/gg)\n// /x/",
            "",
            "invalid regular expression flags (runner.js:2:9)",
        ),
        ("export const a = 1;\nawait /*/*/ /?/;", "", "nothing to repeat (runner.js:2:13)"),
        ("import './lib.mjs';", "\nlet a = /(/;", "expecting ')' (lib.mjs:2:9)"),
        // Names.
        (
            "const a = { nope: 1 };\nexport { a, nope };",
            "",
            "exported variable 'nope' does not exist (runner.js:2:13)",
        ),
        ("class A {\n  m() { this.#y }\n}", "", "undefined private field '#y' (runner.js:2:14)"),
        (
            "class A { #y } class B { m(o) { return #y in o } }",
            "",
            "undefined private field '#y' (runner.js:1:40)",
        ),
        // Imports.
        (
            "import { a } from './lib.mjs';\nimport {\n  nope,\n} from './lib.mjs';",
            "export const a = 1",
            "Could not find export 'nope' in module 'lib.mjs' (runner.js:3:3)",
        ),
        (
            "import './lib.mjs'",
            "import nope from './data.mjs'",
            "Could not find export 'default' in module 'data.mjs' (lib.mjs:1:8)",
        ),
        (
            "\nimport a from './missing.json';",
            "",
            "there is no file `missing.json`: it is not in the bundle (runner.js:2:15)",
        ),
        (
            "import './lib.mjs';",
            "1;\n export * from './gone.mjs'",
            "nor is there `gone.mts` (lib.mjs:2:16)",
        ),
        ("import 'lodash';", "", "packages have to be bundled into the file (runner.js:1:8)"),
        (
            "await import('./missing.json')",
            "",
            "there is no file `missing.json`: it is not in the bundle (runner.js:1:7)",
        ),
        (
            "const a = 'missing';\nawait 1;  await import(`./${a}.json`)",
            "",
            "it is not in the bundle (runner.js:2:17)",
        ),
        // What is no error, where no other `throw` may be meant.
        ("1;\n  throw 'text'", "", "text (runner.js:2:3)"),
        ("if (0) throw 'other'; throw \"text\"", "", "text (runner.js:1:23)"),
        ("if (0) throw new Error('other');\nthrow null", "", "null (runner.js:2:1)"),
        ("throw { code: 5 }", "", "{\"code\":5} (runner.js:1:1)"),
        ("import './lib.mjs'", "\nthrow 5", "5 (lib.mjs:2:1)"),
        // What cannot be told for sure stays unsaid.
        ("if (0) throw 5; throw { code: 6 }", "", "{\"code\":6}"),
    ] {
        let mut host = TestHost::with("runner.js", text);
        host.files.insert("lib.mjs".into(), lib.into());
        host.files.insert("data.mjs".into(), "export const a = 1".into());
        let error = with_host(host).failure();
        assert!(error.message.ends_with(ends), "{text}: {}", error.message);
        let is_missing = ["not in the bundle", "gone.mts"].iter().any(|it| ends.contains(it));
        let code = if is_missing { Code::SourceNotFound } else { Code::ScriptError };
        assert_eq!(error.code, code, "{text}");
    }
}

/// Looking for a place takes a time that grows with the file and not with its square: the error of a file
/// that says the same 200,000 times is that error, and not that the time is over.
#[test]
fn d16_places_are_found_in_large_files() {
    let many = |line: &str| line.repeat(200_000);
    for (text, ends) in [
        (
            format!("function f() {{\n{}}}\nthrow 'top'", many("throw 0;\n")),
            "top (runner.js:200003:1)",
        ),
        (
            format!("import {{ nope }} from './lib.mjs';\n{}", many("nope;\n")),
            "in module 'lib.mjs' (runner.js:1:10)",
        ),
        (
            format!("// {}\nexport {{ nope }}", many("nope;\n")),
            "exported variable 'nope' does not exist (runner.js:200002:10)",
        ),
        (
            format!("class A {{ m() {{ {} }} }}", many("this.#y;\n")),
            "undefined private field '#y' (runner.js:1:22)",
        ),
        (format!("import './gone.json';\n{}", many("// './gone.json'\n")), "(runner.js:1:8)"),
    ] {
        let mut host = TestHost::with("runner.js", text.as_str());
        host.files.insert("lib.mjs".into(), "export const a = 1".into());
        let error = with_host(host).timeout(Duration::from_secs(5)).failure();
        assert!(error.message.ends_with(ends), "{error:?}");
    }
}

/// An import that fails later shows who asked for it, each time.
#[test]
fn d16_an_import_fails_the_same_each_time_and_shows_who_asked() {
    for (path, message, stack) in [
        (
            "./missing.json",
            "there is no file `missing.json`: it is not in the bundle",
            "    at async runner.js:2:20\n",
        ),
        ("./broken.mjs", "unexpected token in expression: ';'", "    at broken.mjs:1:9\n"),
        ("./regexp.mjs", "expecting ')'", "    at regexp.mjs:1:9\n"),
        (
            "./link.mjs",
            "Could not find export 'nope' in module 'data.mjs'",
            "    at link.mjs:1:10\n",
        ),
        ("./data.mjs", "", ""),
    ] {
        let mut host = TestHost::with(
            "runner.js",
            format!(
                "const all = [];
const load = () => import('{path}').then(() => all.push('', ''), (e) => {{ console.log(e); all.push(e.message, e.stack) }});
addEventListener('test', async (resolve) => {{ await load(); await Promise.all([load(), load()]); resolve(all) }})"
            ),
        );
        for (name, text) in [
            ("broken.mjs", "let a = ;"),
            ("regexp.mjs", "let a = /(/"),
            ("link.mjs", "import { nope } from './data.mjs'"),
            ("data.mjs", "export const a = 1"),
        ] {
            host.files.insert(name.into(), text.into());
        }
        let case = with_host(host);
        let told: Vec<String> = serde_json::from_str(&case.value()).expect("it is JSON");
        for line in case.host.log_lines() {
            assert!(line.contains("Error: ") && line.ends_with(stack.trim_end()), "{line}");
        }
        for told in told.chunks(2) {
            assert_eq!((&*told[0], &*told[1]), (message, stack), "{path}");
        }
    }
}

/// JSON is a module in both ways to ask for it (D18).
#[test]
fn d18_json_is_imported_in_both_ways() {
    let mut host = TestHost::with(
        "runner.js",
        "addEventListener('test', async (resolve) => {
           const all = [import('./q.json'), import('./q.json', { with: { type: 'json' } }), import('./q.json')];
           resolve((await Promise.all(all)).map((it) => it.default)) })",
    );
    host.files.insert("q.json".into(), "5".into());
    assert_eq!(with_host(host).value(), "[5,5,5]");
}

#[test]
fn d16_a_missing_file_is_named() {
    let mut case = script("");
    case.settings.runners[0].src = "runners/missing.js".into();
    let (code, message) = case.error();
    assert_eq!(code, Code::SourceNotFound);
    assert!(message.contains("`runners/missing.js`"), "{message}");
}

#[test]
fn d16_bad_requests_are_told() {
    assert_eq!(handler("").event("").error().0, Code::InvalidArgument);
    for details in ["[]", "1", "null", "\"text\"", "{", "", "{}x", "\0", "{\"a\":}"] {
        let (code, message) = handler("resolve()").details(details).error();
        assert_eq!(code, Code::InvalidArgument, "{details:?}: {message}");
    }
}

#[test]
fn d16_an_unknown_label_lists_the_known_ones() {
    let mut case = handler("resolve()");
    case.request.label = "com.example.other".into();
    let (code, message) = case.error();
    assert_eq!(code, Code::RunnerNotFound);
    assert!(message.contains("`com.example.other`") && message.contains(LABEL), "{message}");
}

#[test]
fn d16_a_panicking_host_is_an_error_and_no_crash() {
    let case = handler("try { CapacitorDevice.getBatteryStatus() } catch (e) { resolve(e.code) }")
        .host(|host| host.calls = Box::new(|_, _| panic!("a host's bug")));
    assert_eq!(case.value(), r#""HOST_ERROR""#);
}

#[test]
fn d16_a_failed_native_call_that_nobody_catches_is_a_host_error() {
    let fails = |host: &mut TestHost| {
        host.calls = Box::new(|_, reply| {
            reply.fail(background_runner::HostError::new("PERMISSION_DENIED", "not allowed"));
        });
    };
    let error = handler("CapacitorDevice.getBatteryStatus()").host(fails).failure();
    assert_eq!((error.code, error.message.as_str()), (Code::HostError, "not allowed"));
    assert_eq!(error.script_code, Some("PERMISSION_DENIED".into()));
    let spoof = handler("throw Object.assign(new Error('x'), { code: 'HOST_ERROR' })").failure();
    assert_eq!(spoof.code, Code::Exception);
}

/// A code of the device APIs, or of the app's own functions, reaches the script as it is.
#[test]
fn c7_what_an_api_throws_has_its_code() {
    for code in ["PERMISSION_DENIED", "UNAVAILABLE", "INVALID_ARGUMENT", "STORAGE_FAILED", "E_OWN"]
    {
        let catches = "try { CapacitorDevice.getBatteryStatus() } catch (e) { resolve(e.code) }";
        for (body, expected) in
            [(catches, Ok(code)), ("CapacitorDevice.getBatteryStatus()", Err(code))]
        {
            let case = handler(body).host(|host| {
                host.calls = Box::new(move |_, reply| {
                    reply.fail(background_runner::HostError::new(code, "no"));
                });
            });
            match expected {
                Ok(code) => assert_eq!(case.value(), format!("{code:?}")),
                Err(code) => {
                    let error = case.failure();
                    assert_eq!(
                        (error.code, error.script_code),
                        (Code::HostError, Some(code.into()))
                    );
                }
            }
        }
    }
}

#[test]
fn d17_the_codes_are_the_whole_list() {
    let codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let contract = [
        "INVALID_ARGUMENT",
        "RUNNER_NOT_FOUND",
        "SOURCE_NOT_FOUND",
        "SCRIPT_ERROR",
        "EVENT_NOT_FOUND",
        "EXCEPTION",
        "REJECTED",
        "NOT_SERIALIZABLE",
        "NEVER_SETTLED",
        "DEADLINE_EXCEEDED",
        "CANCELLED",
        "OUT_OF_MEMORY",
        "HOST_ERROR",
        "INTERNAL",
    ];
    assert_eq!(codes, contract);
}

#[test]
fn d18_a_classic_script_is_sloppy() {
    let text = "undeclared = 1; var shared = 2;
        addEventListener('test', function (resolve) {
            resolve([undeclared, globalThis.shared, this === globalThis]) })";
    assert_eq!(script(text).value(), "[1,2,true]");
}

#[test]
fn d18_a_bom_is_skipped_and_nul_is_data() {
    let text = "\u{feff}addEventListener('test', (resolve) => resolve('a\0b'))";
    assert_eq!(script(text).value(), r#""a\u0000b""#);
}

#[test]
fn d18_text_that_is_not_utf8_is_told() {
    let case = with_host(TestHost::with("runner.js", *b"// \xff"));
    let (code, message) = case.error();
    assert_eq!(code, Code::ScriptError);
    assert!(message.contains("byte 3"), "{message}");
}

#[test]
fn d18_modules_import_what_is_beside_them() {
    let mut host = TestHost::with(
        "runners/main.mjs",
        "import { a } from './lib/a.js'; import b from '../b.mjs';
         addEventListener('test', (resolve) => resolve([a, b, this === undefined]));",
    );
    let files = &mut host.files;
    files.insert("runners/lib/a.js".into(), "export const a = await Promise.resolve('a');".into());
    files.insert(
        "b.mjs".into(),
        "import { a } from './runners/lib/a.js'; export default a + 'b\0'".into(),
    );
    let mut case = with_host(host);
    case.settings.runners[0].src = "runners/main.mjs".into();
    assert_eq!(case.value(), r#"["a","ab\u0000",true]"#);
}

/// Whatever an import came to, the next one of the same file comes to the same.
#[test]
fn d18_an_import_can_be_asked_for_again() {
    let times = |import: &str| {
        format!(
            "const told = [];
             for (let i = 0; i < 3; i++) {{
                 try {{ told.push(Object.keys(await {import})[0]) }} catch (error) {{ told.push(`${{error}}`) }}
             }}
             resolve(told.every((one) => one === told[0]) ? told[0] : told)"
        )
    };
    for (import, told) in [
        ("import('./good.mjs')", r#""x""#),
        ("import('./data.json')", r#""default""#),
        ("import('./data.json', i % 2 ? { with: { type: 'json' } } : {})", r#""default""#),
        ("import('./data.txt', { with: { type: 'json' } })", r#""default""#),
        ("import('./syntax.mjs')", r#""SyntaxError: variable name expected""#),
        ("import('./throws.mjs')", r#""Error: told""#),
    ] {
        let mut host = TestHost::with(
            "runner.js",
            format!("addEventListener('test', async (resolve) => {{ {} }})", times(import)),
        );
        for (path, text) in [
            ("good.mjs", "export const x = 1"),
            ("data.json", "[]"),
            ("data.txt", "[]"),
            ("syntax.mjs", "const = 1"),
            ("throws.mjs", "throw new Error('told')"),
        ] {
            host.files.insert(path.into(), text.into());
        }
        assert_eq!(with_host(host).value(), told, "{import}");
    }
}

#[test]
fn d18_a_js_file_with_module_syntax_is_a_module() {
    for text in [
        "const n = await Promise.resolve(3);
         addEventListener('test', (resolve) => resolve(n));",
        "export const n = 3; addEventListener('test', (resolve) => resolve(n));",
    ] {
        assert_eq!(script(text).value(), "3", "{text}");
    }
    let classic = "const await_ = 'import export await';
        addEventListener('test', async (resolve) => { await 0; resolve(typeof module) })";
    assert_eq!(script(classic).value(), r#""undefined""#);
}

#[test]
fn d18_imports_reach_nothing_outside_the_bundle() {
    for (path, code) in [
        ("lodash", Code::ScriptError),
        ("../outside.js", Code::ScriptError),
        ("/etc/passwd", Code::ScriptError),
        ("https://example.com/x.js", Code::ScriptError),
        ("./missing.js", Code::SourceNotFound),
    ] {
        let error = script(&format!("import x from '{path}';")).failure();
        assert_eq!(error.code, code, "{path}: {}", error.message);
    }
}

#[test]
fn d18_a_top_level_await_that_never_ends_is_told() {
    let error = script("await new Promise(() => {})").failure();
    assert_eq!(error.code, Code::NeverSettled);
    let error = script("await Promise.reject(new Error('no'))").failure();
    assert_eq!((error.code, error.name.as_str()), (Code::ScriptError, "Error"));
}

#[test]
fn n6_every_run_leaves_a_record() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut case = handler("console.log('hi'); resolve()");
    case.settings.state_dir = Some(folder.path().to_owned());
    let other = RunnerSpec { label: "other".into(), ..RunnerSpec::default() };
    case.settings.runners.push(other);
    let runner = case.runner();
    let request = Request { trigger: "schedule".into(), ..case.request.clone() };
    let _ = runner.run(request);
    let _ = runner.run(Request { event: "unknown".into(), ..case.request.clone() });
    let records = runner.history(&HistoryQuery::default());
    assert_eq!(records.len(), 2);
    assert_eq!(records[0].error_code.as_deref(), Some("EVENT_NOT_FOUND"));
    let first = &records[1];
    assert_eq!((first.outcome.as_str(), first.trigger.as_str()), ("resolved", "schedule"));
    assert_eq!(first.logs.len(), 1);
    assert_eq!(first.logs[0].text, "hi");
    assert!((case.host.clock().wall() - first.started_at).abs() < 60_000.0);

    let query = HistoryQuery::from_json(r#"{"event":"test","limit":5}"#);
    assert_eq!(runner.history(&query.unwrap()).len(), 1);
    assert!(HistoryQuery::from_json(r#"{"evnt":"test"}"#).is_err());
    drop(runner);
}

/// A system may end a process at any time: the next one finds what ran as `lost`, and what came after.
#[test]
fn n6_a_run_whose_process_ended_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let body = "if (args.end) return resolve(1); console.log('begun'); setTimeout(() => {}, 60000)";
    let (sender, begun) = mpsc::channel();
    let sender = Mutex::new(sender);
    let mut case = handler(body).host(|host| {
        host.on_log = Box::new(move || {
            let _ = sender.lock().unwrap().send(());
        });
    });
    case.settings.state_dir = Some(folder.path().to_owned());
    let outcomes = |runner: &Runner| {
        let records = runner.history(&HistoryQuery::default());
        records.iter().map(|it| format!("{} {}", it.dispatch_id, it.outcome)).collect::<Vec<_>>()
    };
    let first = case.runner();
    let running = first.dispatch(case.request.clone(), |_| {});
    begun.recv_timeout(Duration::from_secs(5)).expect("it begins");
    assert_eq!(outcomes(&first), ["1 started"]);
    let query = HistoryQuery::from_json(r#"{"outcome":"started"}"#).expect("it is one");
    assert_eq!(first.history(&query).len(), 1);

    let second = case.runner();
    assert_eq!(outcomes(&second), ["1 lost"]);
    let ends = Request { details: Some(r#"{"end":true}"#.into()), ..case.request.clone() };
    let _ = second.run(ends);
    assert_eq!(outcomes(&second), ["2 resolved", "1 lost"]);
    let third = case.runner();
    assert_eq!(outcomes(&third), ["2 resolved", "1 lost"]);
    running.cancel();
}

/// What others chose the length of does not fill the disk.
#[test]
fn n6_texts_of_a_record_are_cut() {
    let case = handler("console.log('é'.repeat(9000)); throw new Error('x'.repeat(9000))");
    let runner = case.runner();
    let long = "y".repeat(9000);
    let _ = runner.run(Request { trigger: format!("schedule:{long}"), ..case.request.clone() });
    let _ = runner.run(Request { event: long.clone(), label: long, ..case.request.clone() });
    for record in runner.history(&HistoryQuery::default()) {
        let size = serde_json::to_string(&record).expect("it is JSON").len();
        assert!(size < 4000, "{size} bytes");
    }
}

/// Who hears of an outcome may end the process: each run of this table is the last of its process, as
/// far as its file can tell.
#[test]
fn n6_a_record_is_kept_before_anybody_hears_of_the_outcome() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut case = handler("resolve()");
    case.settings.state_dir = Some(folder.path().join("made by the first"));
    case.settings.history_limit = Some(3);
    let mut file = case.settings.state_dir.clone().expect("it was just set");
    file.push("history.json");
    for run in 1..=9 {
        let (sender, heard) = mpsc::channel();
        let next = (case.settings.clone(), Arc::clone(&case.host));
        case.runner().dispatch(case.request.clone(), move |_| {
            let next = Runner::new(next.0, next.1).expect("the settings are valid");
            let _ = sender.send(next.history(&HistoryQuery::default()));
        });
        let records = heard.recv().expect("every dispatch has an outcome");
        let ids: Vec<u64> = records.iter().map(|record| record.dispatch_id).collect();
        let kept: Vec<u64> = (1..=run).rev().take(3).collect();
        assert_eq!(ids, kept);
        let text = fs::read_to_string(&file).expect("it is there");
        assert!(text.lines().count() <= 8, "{text}");
        if run == 5 {
            // A line that was cut off takes none of the others with it.
            fs::write(&file, text + "\n{\"dispatchId\":7,\"la").expect("it can be written");
        }
    }
}
