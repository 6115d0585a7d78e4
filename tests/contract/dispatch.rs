//! One event, one fresh world, exactly one outcome (D1 to D9, D13, D15 to D18).

use background_runner::Code;

use crate::host::{handler, script};

#[test]
fn d1_nothing_survives_from_one_dispatch_to_the_next() {
    let case = handler("globalThis.count = (globalThis.count ?? 0) + 1; resolve(count)");
    let runner = case.runner();
    for _ in 0..3 {
        let outcome = runner.run(case.request.clone());
        assert_eq!(outcome.result, Ok(Some("1".into())));
    }
}

/// A small file is never kept compiled, and a large one from its first dispatch on.
#[test]
fn d1_a_function_reads_the_same_whether_its_file_was_compiled_or_kept() {
    const FUNCTIONS: &str = "function named(a) { return a }
         class Kind extends Array { static made() { return 1 } #own() {} }
         class Full { static { this.x = `}` } #n = 1n; y = () => 1.5; constructor(a = () => /[/}]/) { this.a = a }
             get at() { return this.#n } set at(v) {} static async *['com' + 'puted']() {} }
         const outer = (a) => (b) => { return function inner(c) { return [a, b, c, '\u{e9}\u{1f600}'] } };
         const tagged = () => ((x) => x)`a${1}\n`, literal = { m() {}, get g() { return 1 }, async* q() {} };
         const all = [named, Kind, Kind.made, Full, new Full().a, new Full().y, Full.computed, outer, outer(1),
             outer(1)(2), tagged, literal.m, literal.q, class {}, class extends Kind {}, async x => await x,
             Object.getOwnPropertyDescriptor(literal, 'g').get, Object.getOwnPropertyDescriptor(Full.prototype, 'at').set,
             () => 2, { get at() { return 3 } }, [named, Kind],
             async function* later() {}, new Function('a', 'return a'), eval('(b) => b'),
             named.bind(null), Map, Object.defineProperty(() => 5, 'fileName', { value: 'x' }),
             Object.defineProperty(() => 4, 'name', { value: Symbol('s') }), new Proxy(named, {}),
             Object.getOwnPropertyDescriptor(Function.prototype, 'toString')];
         const text = (value) => {
             try { return Function.prototype.toString.call(value) } catch (e) { return String(e) }
         };
         addEventListener('test', (resolve) => {
             console.log(...all);
             console.log('%s %s %s', named, Kind, { toString() { return 'mine' } });
             resolve(all.map(text));
         });";
    let told = |text: &str| {
        let case = script(text);
        let runner = case.runner();
        [(); 3].map(|()| {
            let texts = runner.run(case.request.clone()).result;
            let texts = texts.expect("the handler settles").expect("with the texts");
            (texts, std::mem::take(&mut *case.host.logs.lock().unwrap()))
        })
    };
    let [small, _, _] = told(FUNCTIONS);
    for part in ["(b) => b", "native code", "class extends Kind {}", "constructor(a =", "async* q"]
    {
        assert!(small.0.contains(part), "{}", small.0);
    }
    assert!(small.1.iter().any(|(_, text)| text.ends_with("mine")), "{:?}", small.1);
    for padding in ["", "\n\n"] {
        let large = format!("{padding}/*{}*/ {FUNCTIONS}", "x".repeat(9000));
        for dispatch in told(&large) {
            assert_eq!(dispatch, small);
        }
    }
}

#[test]
fn d2_the_last_registration_of_a_name_wins() {
    let case = script(
        "addEventListener('test', (resolve) => resolve('first'));
         addEventListener('test', (resolve) => resolve('second'));",
    );
    assert_eq!(case.value(), r#""second""#);
}

#[test]
fn d2_a_handler_that_is_no_function_throws_a_type_error() {
    for handler in ["undefined", "null", "{}", "'text'", ""] {
        let case = script(&format!("addEventListener('test', {handler});"));
        let error = case.failure();
        assert_eq!(
            (error.code, error.name.as_str()),
            (Code::ScriptError, "TypeError"),
            "{handler}"
        );
    }
}

#[test]
fn d2_a_listener_can_be_removed() {
    let text = "const one = (resolve) => resolve(1), two = () => {};
        addEventListener('test', one);";
    let stays = script(&format!("{text} removeEventListener('test', two);"));
    assert_eq!(stays.value(), "1");
    for goes in ["removeEventListener('test', one);", "removeEventListener('test');"] {
        assert_eq!(script(&format!("{text} {goes}")).error().0, Code::EventNotFound);
    }
}

#[test]
fn d3_the_details_are_the_args() {
    let case = handler("resolve([args, typeof context.deadline, context.timeRemaining() > 0])");
    assert_eq!(case.value(), r#"[{},"number",true]"#);
    let details = case.details(r#"{"user":{"firstName":"john"},"list":[1,2,{"a":null}]}"#);
    assert_eq!(
        details.value(),
        r#"[{"user":{"firstName":"john"},"list":[1,2,{"a":null}]},"number",true]"#
    );
}

#[test]
fn d4_the_first_to_settle_wins_and_the_others_are_warned_once() {
    let case = handler("resolve(1); resolve(2); reject(3); resolve(4)");
    assert_eq!(case.value(), "1");
    let warnings = case.host.log_lines();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].starts_with("warn: "));
}

#[test]
fn d5_any_json_value_is_delivered_unchanged() {
    for (value, expected) in [
        ("", "no value"),
        ("undefined", "no value"),
        ("null", "null"),
        ("''", r#""""#),
        ("'a\\u0000b'", r#""a\u0000b""#),
        ("'\\ud800'", r#""\ud800""#),
        ("[1, 'two', null, [true]]", r#"[1,"two",null,[true]]"#),
        ("({ at: new Date(0), f() {}, u: undefined })", r#"{"at":"1970-01-01T00:00:00.000Z"}"#),
        ("({ toJSON() { return 'own' } })", r#""own""#),
        ("NaN", "null"),
        ("() => {}", "no value"),
        ("Symbol('s')", "no value"),
    ] {
        assert_eq!(handler(&format!("resolve({value})")).value(), expected, "{value}");
    }
}

#[test]
fn d5_what_has_no_json_form_is_told() {
    for value in ["(() => { const o = {}; o.o = o; return o })()", "1n", "({ n: 1n })"] {
        let error = handler(&format!("resolve({value})")).failure();
        assert_eq!(error.code, Code::NotSerializable, "{value}");
        assert_eq!(error.name, "TypeError", "{value}");
    }
}

#[test]
fn d6_a_rejection_keeps_what_the_script_said() {
    let error = handler(
        "reject(Object.assign(new RangeError('boom', { cause: { at: 3 } }), { code: 'E1' }))",
    )
    .failure();
    assert_eq!((error.code, error.name.as_str()), (Code::Rejected, "RangeError"));
    assert_eq!(error.message, "boom");
    assert_eq!(error.script_code, Some("E1".into()));
    assert_eq!(error.cause, Some(serde_json::json!({ "at": 3 })));
    assert!(error.stack.expect("a stack").contains("runner.js"));
}

#[test]
fn d6_every_reason_has_a_message() {
    for (reason, expected) in [
        ("", "rejected without a reason"),
        ("undefined", "rejected without a reason"),
        ("'text'", "text"),
        ("42", "42"),
        ("null", "null"),
        ("({ name: 'N', message: 'm', code: 7 })", "m"),
        ("({ a: 1 })", r#"{"a":1}"#),
        ("Symbol('s')", "Symbol(s)"),
    ] {
        let (code, message) = handler(&format!("reject({reason})")).error();
        assert_eq!((code, message.as_str()), (Code::Rejected, expected), "{reason}");
    }
}

/// A code and a cause are the error's own, and not what a prototype says of all its objects.
#[test]
fn d6_code_and_cause_are_the_errors_own() {
    for (reason, code, cause) in [
        ("new Error('m')", None, None),
        ("new DOMException('m', 'DataCloneError')", None, None),
        ("{ message: 'm' }", None, None),
        (
            "Object.defineProperty(new DOMException('m'), 'code', { value: 'OWN' })",
            Some("OWN"),
            None,
        ),
        ("Object.assign(new Error('m', { cause: 'c' }), { code: 'OWN' })", Some("OWN"), Some("c")),
        ("{ message: 'm', code: 'OWN' }", Some("OWN"), None),
    ] {
        let inherits = "Object.prototype.code = 'inherited'; Object.prototype.cause = 'inherited'";
        for ends in ["reject", "throw "] {
            let error = handler(&format!("{inherits}; {ends}({reason})")).failure();
            assert_eq!(error.message, "m", "{ends} {reason}");
            assert_eq!(error.script_code, code.map(Into::into), "{ends} {reason}");
            assert_eq!(error.cause, cause.map(Into::into), "{ends} {reason}");
        }
    }
}

#[test]
fn d7_whatever_a_handler_throws_is_an_exception() {
    for (thrown, expected) in
        [("{ code: 1 }", r#"{"code":1}"#), ("'x'", "x"), ("null", "null"), ("new Error('e')", "e")]
    {
        let throws = handler(&format!("throw {thrown}")).error();
        assert_eq!(throws, (Code::Exception, expected.to_owned()), "{thrown}");
        let text = format!("addEventListener('test', async () => {{ await 0; throw {thrown} }})");
        assert_eq!(script(&text).error(), throws, "{thrown}, in an async handler");
    }
    let error = handler("throw { code: 1 }").failure();
    assert_eq!(error.script_code, Some(1.into()));
}

#[test]
fn d8_an_unknown_event_fails_at_once_and_names_the_nearest() {
    let case =
        script("addEventListener('refresh', () => {}); addEventListener('clean', () => {});");
    let (code, message) = case.event("refesh").error();
    assert_eq!(code, Code::EventNotFound);
    assert_eq!(
        message,
        "the script has no handler for the event `refesh`: it registers `refresh`, `clean`; did \
         you mean `refresh`?"
    );
    assert_eq!(script("").error().0, Code::EventNotFound);
}

#[test]
fn d9_what_can_never_settle_fails_at_once() {
    for body in ["", "new Promise(() => {})", "setTimeout(() => {}, 1)", "Promise.resolve(1)"] {
        assert_eq!(handler(body).error().0, Code::NeverSettled, "{body}");
        let text = format!("addEventListener('test', async () => {{ {body} }})");
        assert_eq!(script(&text).error().0, Code::NeverSettled, "async {body}");
    }
    let waits = "addEventListener('test', async () => { await new Promise(() => {}) })";
    assert_eq!(script(waits).error().0, Code::NeverSettled);
}

#[test]
fn d9_a_timer_may_still_settle() {
    assert_eq!(handler("setTimeout(() => resolve('late'), 5)").value(), r#""late""#);
}
