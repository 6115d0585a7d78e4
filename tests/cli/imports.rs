//! What a runner imports: JSON, files whose extension is left out, and the places of their errors.

use serde_json::json;

use crate::Bench;

/// A runner of the event `go`, among these files.
fn bench(name: &str, text: &str, files: &[(&str, &str)]) -> Bench {
    let bench = Bench::named(name, text);
    for (name, text) in files {
        bench.write(name, text);
    }
    bench
}

#[test]
fn json_is_imported_with_an_attribute_and_without() {
    let files = [("settings.json", r#"{"path":"/v1","__proto__":1}"#)];
    let body = "addEventListener('go', (resolve) => resolve(settings));";
    for (name, import) in [
        ("runner.js", "import settings from './settings.json';"),
        ("runner.ts", "import settings from './settings.json';"),
        ("runner.mjs", "import settings from './settings.json' with { type: 'json' };"),
        ("runner.mjs", "import { default as settings } from './settings.json';"),
        ("runner.mjs", "const { default: settings } = await import('./settings.json');"),
        ("runner.js", "import settings from './settings';"),
    ] {
        let value = bench(name, &format!("{import}\n{body}"), &files).value();
        assert_eq!(value, json!({ "path": "/v1", "__proto__": 1 }), "{import}");
    }
}

#[test]
fn json_that_is_none_names_its_place() {
    let import =
        "import settings from './settings.json';\naddEventListener('go', (resolve) => resolve(1));";
    for (text, place) in
        [("{\n  \"a\": 1,\n}", "settings.json:3:1"), ("<html>", "settings.json:1:1")]
    {
        let error = bench("runner.js", import, &[("settings.json", text)]).error();
        assert_eq!(error["code"], "SCRIPT_ERROR", "{error}");
        assert!(error["message"].as_str().unwrap().contains(place), "{error}");
    }
    let import =
        "import css from './a.css' with { type: 'css' };\naddEventListener('go', () => {});";
    let error = bench("runner.js", import, &[("a.css", "")]).error();
    assert!(error["message"].as_str().unwrap().contains("only `json` is known"), "{error}");
}

#[test]
fn an_extension_may_be_left_out_as_bundlers_have_it() {
    let model = "export const label = (id: string): string => `task ${id}`;";
    let plain = "export const label = (id) => `task ${id}`;";
    for (import, file, text) in [
        ("./model", "model.ts", model),
        ("./model.js", "model.ts", model),
        ("./model.ts", "model.ts", model),
        ("./model", "model.js", plain),
        ("./model", "model/index.js", plain),
        ("./sub/model", "sub/model.mjs", plain),
        ("./model.mjs", "model.mts", model),
    ] {
        let runner = format!(
            "import {{ label }} from '{import}';\naddEventListener('go', (resolve) => resolve(label('a')));"
        );
        assert_eq!(
            bench("runner.ts", &runner, &[(file, text)]).value(),
            json!("task a"),
            "{import}"
        );
    }
    // One file is one module, whatever its name is written as.
    let runner = "import { count } from './counter'; import { count as again } from './counter.js';
        addEventListener('go', (resolve) => resolve(count === again));";
    let files = [("counter.js", "export const count = {};")];
    assert_eq!(bench("runner.js", runner, &files).value(), json!(true));
}

#[test]
fn what_is_nowhere_says_where_it_was_looked_for() {
    let error = bench("runner.ts", "import './model';", &[]).error();
    assert_eq!(error["code"], "SOURCE_NOT_FOUND", "{error}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("`model.ts`") && message.contains("`model/index.js`"), "{message}");
}

#[test]
fn a_syntax_error_is_where_it_is_also_before_the_place_of_the_import() {
    let runner = "import { add } from './chunk.js';\naddEventListener('go', (resolve) => resolve(add(1, 2)));";
    for (text, place) in [
        ("<!doctype html><title>Not found</title>", "(chunk.js:1:1)"),
        ("exprt const add = (a, b) => a + b;", "(chunk.js:1:7)"),
        ("\n\nexport const add = (a, b) => a +;", "(chunk.js:3:33)"),
    ] {
        let error = bench("runner.js", runner, &[("chunk.js", text)]).error();
        assert_eq!(error["code"], "SCRIPT_ERROR", "{error}");
        assert!(error["message"].as_str().unwrap().ends_with(place), "{error}");
    }
    let files = [("chunk.js", "export const add = 1;\nnull.x;")];
    let error = bench("runner.js", runner, &files).error();
    assert!(error["message"].as_str().unwrap().ends_with("(chunk.js:2:1)"), "{error}");
    assert_eq!(error["stack"].as_str().map(|it| it.contains("runner.js")), Some(false), "{error}");
}

#[test]
fn an_error_in_an_import_that_is_awaited_is_the_handlers_own() {
    let runner = "addEventListener('go', async (resolve) => resolve(await import('./late.js')));";
    let error = bench("runner.js", runner, &[("late.js", "export default 1 +;")]).error();
    assert_eq!(error["code"], "EXCEPTION", "{error}");
    assert_eq!(
        error["stack"].as_str().map(|it| it.contains("late.js:1:19")),
        Some(true),
        "{error}"
    );
}
