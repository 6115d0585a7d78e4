//! Every dependency carries a permissive licence.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use serde_json::Value;
use spdx::Expression;

/// The licences that may be linked into an app.
const PERMISSIVE: [&str; 11] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Zlib",
];

/// Tools of the build, of which nothing may be linked into what users get.
const TOOLS: [(&str, &str); 1] = [("cbindgen", "MPL-2.0")];

/// What users get: the packages whose dependencies are all linked.
const SHIPPED: [&str; 2] = ["background-runner-runtime", "background-runner-cli"];

#[test]
fn dependencies_carry_permissive_licences() {
    let metadata = metadata();
    let shipped = shipped(&metadata);
    let mut complaints = Vec::new();
    for package in list(&metadata["packages"]) {
        let (name, licence) = (text(&package["name"]), package["license"].as_str());
        let licence = licence.unwrap_or("none");
        let tool = TOOLS.contains(&(name, licence));
        if tool && shipped.contains(text(&package["id"])) {
            complaints.push(format!("`{name}` is a tool of the build, but is shipped"));
        } else if !tool && !is_permissive(licence) {
            complaints.push(format!("`{name}` has licence `{licence}`"));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Whether the expression can be satisfied with permissive licences alone.
fn is_permissive(licence: &str) -> bool {
    // Older manifests separate alternatives with a slash.
    Expression::parse(&licence.replace('/', " OR ")).is_ok_and(|expression| {
        expression.evaluate(|requirement| {
            requirement.license.id().is_some_and(|id| PERMISSIVE.contains(&id.name))
        })
    })
}

/// What cargo knows of the workspace and of everything that it depends on.
fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1"])
        .current_dir(background_runner_tests::root())
        .output()
        .expect("cargo can be started");
    serde_json::from_slice(&output.stdout).expect("cargo describes the workspace")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("it is a list")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("it is a text")
}

/// The packages that what users get is linked from.
fn shipped(metadata: &Value) -> BTreeSet<&str> {
    let nodes = list(&metadata["resolve"]["nodes"]).iter();
    let nodes: BTreeMap<_, _> = nodes.map(|node| (text(&node["id"]), &node["deps"])).collect();
    let mut open: Vec<&str> = list(&metadata["packages"])
        .iter()
        .filter(|package| SHIPPED.contains(&text(&package["name"])))
        .map(|package| text(&package["id"]))
        .collect();
    assert_eq!(open.len(), SHIPPED.len(), "what is shipped has other names now");
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            // A dependency without a kind is one of the program, not of its build or its tests.
            let linked = |dependency: &&Value| {
                list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null())
            };
            let linked = list(nodes[id]).iter().filter(linked);
            open.extend(linked.map(|dependency| text(&dependency["pkg"])));
        }
    }
    seen
}
