//! What is logged, what is told, and what a file may be (D15, D16, D18).

use std::{
    fs,
    sync::{Arc, mpsc},
};

use background_runner::{Code, HistoryQuery, Host as _, Request, Runner, RunnerSpec};

use crate::host::{LABEL, TestHost, handler, script, with_host};

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
