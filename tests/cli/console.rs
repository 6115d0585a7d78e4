//! `console` beside Node's own: the same values, shown by both.

use std::{collections::BTreeMap, fs, process::Command};

use background_runner_tests::root;
use serde_json::Value;

use crate::Bench;

/// How many values are shown in one run: a run's log has an end.
const AT_ONCE: usize = 30;

/// Where the two differ, and why.
const DIFFERENT: &[(&str, &str)] = &[
    // Node's own classes ignore how deep they stand.
    ("headersNested", "{ a: { b: { c: [Headers] } } }"),
    ("urlTooDeep", "{ a: { b: { c: [URL] } } }"),
    // Attributes that no standard knows are not there.
    (
        "request",
        "Request {\n  method: 'POST',\n  url: 'https://example.com/',\n  headers: Headers { a: 'b', \
         'content-type': 'text/plain;charset=UTF-8' },\n  destination: '',\n  referrer: \
         'about:client',\n  referrerPolicy: '',\n  mode: 'cors',\n  credentials: 'same-origin',\n  \
         cache: 'default',\n  redirect: 'follow',\n  integrity: '',\n  keepalive: false,\n  signal: \
         AbortSignal { aborted: false }\n}",
    ),
    // Node's own has no name.
    ("textEncoder", "TextEncoder { encoding: 'utf-8' }"),
];

#[test]
fn w6_console_shows_values_as_node_does() {
    let mut expected = shown_by_node();
    for (name, shown) in DIFFERENT {
        let node = expected.insert((*name).to_owned(), format!("{name}: {shown}"));
        assert!(
            node.is_some_and(|node| node != format!("{name}: {shown}")),
            "{name} differs no more"
        );
    }
    let shown = shown_by_us(expected.len());
    assert_eq!(shown.len(), expected.len(), "some values were not shown");
    let differ: Vec<_> = expected
        .iter()
        .filter(|(name, node)| {
            shown.get(*name).is_none_or(|ours| without_frames(ours) != without_frames(node))
        })
        .map(|(name, node)| format!("Node: {node}\nours: {}", shown.get(name).map_or("", |it| it)))
        .collect();
    assert!(differ.is_empty(), "{}", differ.join("\n\n"));
}

fn shown_by_node() -> BTreeMap<String, String> {
    let output = Command::new("node").arg(root().join("tests/cli/console/node.js")).output();
    let output = output.expect("Node.js is there");
    let lines: Vec<String> =
        serde_json::from_slice(&output.stdout).expect("Node.js shows all of them");
    by_name(lines)
}

/// The texts by the names that they begin with; a table has its name before it.
fn by_name(texts: impl IntoIterator<Item = String>) -> BTreeMap<String, String> {
    let mut shown = BTreeMap::new();
    let mut texts = texts.into_iter();
    while let Some(text) = texts.next() {
        let name = text.split(':').next().unwrap_or_default().to_owned();
        let table = text.ends_with(": table").then(|| texts.next().unwrap_or_default());
        shown.insert(name, table.unwrap_or(text));
    }
    shown
}

fn shown_by_us(count: usize) -> BTreeMap<String, String> {
    let values =
        fs::read_to_string(root().join("tests/cli/console/values.js")).expect("it is there");
    let script = format!(
        "{values}
         addEventListener('go', async (resolve, reject, {{ from, to }}) => {{
           for (const name of Object.keys(VALUES).slice(from, to)) {{
             await show(name, console.log, console.table);
           }}
           resolve();
         }});"
    );
    let mut shown = BTreeMap::new();
    for from in (0..count).step_by(AT_ONCE) {
        let details = format!(r#"{{"from":{from},"to":{}}}"#, from + AT_ONCE);
        let line = Bench::new(&script).with("--details", &details).line();
        let records = line["logs"].as_array().expect("there are records").iter();
        shown.extend(by_name(
            records.map(|record| record["message"].as_str().unwrap_or_default().to_owned()),
        ));
        assert_eq!(line["value"], Value::Null, "{line}");
    }
    shown
}

/// The text without the lines of stacks, which are of other files.
fn without_frames(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let Some(frame) = line.trim_start().strip_prefix("at ") else {
            lines.push(line.to_owned());
            continue;
        };
        // What follows the last frame belongs to the line before.
        let rest = frame.rsplit_once(|it: char| it == ')' || it.is_ascii_digit());
        if let (Some((_, rest)), Some(last)) = (rest, lines.last_mut()) {
            last.push_str(rest);
        }
    }
    lines.join("\n")
}
