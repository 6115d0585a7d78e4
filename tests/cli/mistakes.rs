//! Forty mistakes that people make, planted one by one: what the command says of each stands in
//! `docs/mistakes.md`, with the place in the source and the way out.

use std::fs;

use background_runner_tests::root;

use crate::{Bench, command};

/// A mistake: its name, the handler's body or a whole file (with `addEventListener`), and parts of what
/// is said. A part `:2` is a place in that line.
type Mistake = (&'static str, &'static str, &'static [&'static str]);

const MISTAKES: &[Mistake] = &[
    ("the handler returns its result", "\nreturn { done: true };", &["call `resolve(value)`"]),
    ("nothing settles", "\nconsole.log('done');", &["neither `resolve()` nor `reject()`"]),
    (
        "`resolve` in a branch that is not taken",
        "\nif (args.url) resolve();",
        &["neither `resolve()` nor `reject()`"],
    ),
    (
        "a promise that nobody settles",
        "\nawait new Promise(() => {});",
        &["neither `resolve()` nor `reject()`"],
    ),
    ("an endless loop", "\nfor (;;) Math.random();", &["time budget", ":2:"]),
    ("a wait that is longer than the budget", "\nsetTimeout(resolve, 50000);", &["time budget"]),
    ("another event than the handler's", "addEventListener('goo', () => {});", &["`goo`"]),
    (
        "a circular result",
        "\nconst user = {};\nuser.self = user;\nresolve({ user });",
        &["`value.user.self` leads back to `value.user`"],
    ),
    ("a BigInt in a result", "\nresolve({ id: 1n });", &["`value.id`", "String(value.id)"]),
    (
        "a `Map` in a result",
        "\nresolve({ tags: new Map([['a', 1]]) });",
        &["`value.tags`", "Object.fromEntries"],
    ),
    ("a `Set` in a result", "\nresolve([new Set([1])]);", &["`value[0]`", "[...set]"]),
    ("a function in a result", "\nresolve({ save() {} });", &["`value.save`", "left out"]),
    ("`NaN` in a result", "\nresolve({ share: 0 / 0 });", &["`value.share`", "`null`"]),
    (
        "work that `resolve` cuts off",
        "\nfetch('https://example.com/upload', { method: 'POST' });\nresolve();",
        &["POST https://example.com/upload", "`await` it"],
    ),
    ("`resolve` twice", "\nresolve(1);\nresolve(2);", &["only the first call counts"]),
    ("`window`", "\nwindow.alert('done');", &["no page", ":2:"]),
    ("`document`", "\ndocument.title = 'x';", &["no page", ":2:"]),
    ("`localStorage`", "\nlocalStorage.getItem('token');", &["CapacitorKV", ":2:"]),
    ("`require`", "\nconst axios = require('axios');", &["npm install", ":2:"]),
    ("`process.env`", "\nfetch(process.env.API);", &["not Node.js", ":2:"]),
    ("`XMLHttpRequest`", "\nnew XMLHttpRequest();", &["`fetch`", ":2:"]),
    (
        "`LocalNotifications`",
        "\nLocalNotifications.schedule({});",
        &["CapacitorNotifications", ":2:"],
    ),
    (
        "`Capacitor.Plugins`",
        "\nCapacitor.Plugins.Device.getInfo();",
        &["plugins live in the page", ":2:"],
    ),
    ("`Preferences`", "\nPreferences.get({ key: 'a' });", &["CapacitorKV", ":2:"]),
    (
        "a list inside an object for `schedule`",
        "\nCapacitorNotifications.schedule({ notifications: [] });",
        &["CapacitorNotifications.schedule([{ id, title, body }])", ":2:"],
    ),
    (
        "`schedule: { at }`",
        "\nCapacitorNotifications.schedule([{ id: 1, title: 't', body: 'b', schedule: { at: new Date() } }]);\nresolve();",
        &["options[0].schedule", "scheduleAt"],
    ),
    (
        "an id in milliseconds",
        "\nCapacitorNotifications.schedule([{ id: 1796019170149, title: 't', body: 'b' }]);\nresolve();",
        &["Date.now() % 2147483647"],
    ),
    (
        "a notification without a title",
        "\nCapacitorNotifications.schedule([{ id: 1, body: 'b' }]);",
        &["options[0].title", ":2:"],
    ),
    (
        "what `KV.get` gives used as the text",
        "\nCapacitorKV.set('user', '{}');\nJSON.parse(CapacitorKV.get('user'));",
        &["in `value`", ":3:"],
    ),
    (
        "what `KV.get` gives when nothing is stored",
        "\nresolve(CapacitorKV.get('user').value);",
        &["CapacitorKV.get(key)?.value", ":2:"],
    ),
    (
        "`KV` called as `Preferences` is",
        "\nCapacitorKV.set({ key: 'a', value: 'b' });",
        &["CapacitorKV.set(key, value)", ":2:"],
    ),
    ("a method that is not there", "\nCapacitorKV.delete('a');", &["CapacitorKV.delete", ":2:"]),
    (
        "a position read as `coords`",
        "\nresolve(CapacitorGeolocation.getCurrentPosition().coords.latitude);",
        &["`latitude` and `longitude` itself", ":2:"],
    ),
    (
        "a handler for one event object",
        "addEventListener('go', (event) => {\n  console.log(event.details.id);\n});",
        &["`(resolve, reject, args, context)`", ":2:"],
    ),
    ("a relative address", "\nawait fetch('/api/todos');", &["/api/todos", ":2:"]),
    (
        "a body that is read twice",
        "\nconst response = new Response('{}');\nawait response.json();\nawait response.json();",
        &[":4:"],
    ),
    (
        "a page where JSON was expected",
        "\nawait new Response('<!doctype html>').json();",
        &["JSON", ":2:"],
    ),
    (
        "a package that is imported and not installed",
        "import { Device } from '@capacitor/device';\naddEventListener('go', () => {});",
        &["npm install", ":1:"],
    ),
    (
        "an import of what is not there",
        "import { label } from './labels';\naddEventListener('go', () => {});",
        &["`labels.ts`", ":1:"],
    ),
    ("a syntax error", "addEventListener('go', () => {\n  const = 1;\n});", &[":2:9"]),
];

const INTRODUCTION: &str = "# Mistakes, and what is said of them

Forty mistakes that people make in their first runners, and what `background-runner run` says. A test plants each of them and holds this page to what is printed.
";

#[test]
fn forty_mistakes_are_told_with_their_place_and_the_way_out() {
    assert_eq!(MISTAKES.len(), 40);
    let (mut page, mut lacking) = (INTRODUCTION.to_owned(), String::new());
    for (name, source, parts) in MISTAKES {
        let text = if source.contains("addEventListener(") {
            format!("{source}\n")
        } else {
            format!("addEventListener('go', async (resolve, reject, args) => {{{source}\n}});\n")
        };
        let bench = Bench::new(&text);
        let here = fs::canonicalize(bench.folder.path()).expect("it is there");
        bench.write("host.json", r#"{ "clock": "virtual", "location": {}, "http": [{ "url": "https://example.com/*", "delayMs": 9 }] }"#);
        let arguments =
            ["run", "runner.js", "--event", "go", "--host", "host.json", "--timeout", "1s"];
        let ran = command(bench.folder.path(), arguments);
        let said: Vec<_> = ran.stdout.lines().filter_map(told).collect();
        let said = said.join("\n").replace(&here.display().to_string(), "...");
        for part in *parts {
            let is_place = part.starts_with(':');
            let found = if is_place {
                said.contains(&format!("runner.js{part}"))
            } else {
                said.contains(part)
            };
            if !found {
                lacking += &format!("{name}: {part}:\n{}{}\n", ran.stdout, ran.stderr);
            }
        }
        page += &format!("\n## {}\n\n```js\n{text}```\n\n```text\n{said}\n```\n", titled(name));
    }
    assert_eq!(lacking, "", "{lacking}");
    let path = root().join("docs/mistakes.md");
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        fs::write(&path, &page).expect("it is writable");
    }
    let written = fs::read_to_string(path).expect("the page is there");
    assert!(written == page, "docs/mistakes.md is not what is printed: set UPDATE_DOCUMENTS=1");
}

/// A line as the page shows it: without times, and without what is not about the mistake.
fn told(line: &str) -> Option<String> {
    if let Some((_, log)) = line.split_once(" ms  ") {
        return log.starts_with("warn").then(|| log.replacen("warn  ", "warning: ", 1));
    }
    let is_outcome = line.starts_with("resolved in") || line.starts_with("failed after");
    let is_error = line.starts_with("    at ")
        || line
            .split_once(": ")
            .is_some_and(|(code, _)| code.chars().all(|it| it.is_ascii_uppercase() || it == '_'));
    let steady = |line: &str| line.split(": 1").next().unwrap_or_default().to_owned();
    (is_error && !is_outcome)
        .then(|| if line.contains("ms passed") { steady(line) } else { line.to_owned() })
}

fn titled(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}
