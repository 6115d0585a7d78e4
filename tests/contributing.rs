//! `CONTRIBUTING.md` names every place that a new web API, device API or template needs: those that
//! name one which is there.

use std::{fs, process::Command};

use background_runner_tests::root;

/// The files that name something, outside of what follows from others.
fn naming(what: &str) -> Vec<String> {
    let output = Command::new("git")
        .args(["grep", "-l", "--fixed-strings", what, "--"])
        .args([".", ":!generated", ":!docs", ":!*.md", ":!tests/snapshots", ":!tests/docgen*"])
        .current_dir(root())
        .output()
        .expect("git searches the files");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

/// The paths that the list says for a kind of change.
fn said(kind: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("CONTRIBUTING.md")).expect("it is there");
    let start = format!("- **{kind}**");
    let line = text.lines().find(|line| line.starts_with(&start));
    let line = line.unwrap_or_else(|| panic!("there is no {start}"));
    line.split('`').skip(1).step_by(2).filter(|it| it.contains('/')).map(str::to_owned).collect()
}

#[test]
fn every_place_that_a_new_one_needs_is_in_the_list() {
    // What is measured, translated, attacked, and what tests other things with it.
    let others = [
        "runtime/examples/measure/",
        "xtask/tools/src/bench/",
        "schema/locales/",
        "fuzz/",
        "tests/",
    ];
    for (kind, what) in [
        ("A device API or an option", "getBatteryStatus"),
        ("A device API or an option", "batteryLevel"),
        ("A web API", "FormData"),
        ("A web API", "TextEncoderStream"),
        ("A template", "ts/bridge.ts.jinja"),
        ("A template", "swift/core/KVStore.swift.jinja"),
    ] {
        let said = said(kind);
        for place in &said {
            let there = root().join(place.trim_end_matches('/')).exists();
            assert!(there, "{kind}: there is no `{place}`");
        }
        let found = naming(what);
        assert!(!found.is_empty(), "nothing names {what}");
        let missing: Vec<_> = found
            .iter()
            .filter(|file| !others.iter().any(|other| file.starts_with(other)))
            .filter(|file| !said.iter().any(|place| file.starts_with(place.as_str())))
            .collect();
        assert!(
            missing.is_empty(),
            "{kind}: {missing:?} name {what}, and the list does not say so"
        );
    }
}
