//! Errors of a bundle are told in the files that were bundled: by the map in the bundle or beside it.

use std::process::Command;

use background_runner_tests::{npm_packages, or_skip};
use serde_json::{Value, json};

use crate::{Bench, command};

/// The bundler whose maps are read.
const ESBUILD: &str = "0.25.12";

const RUNNER: &str = "import { deep } from './lib/deep';
import settings from './lib/settings.json';

/* ünïcödé 你好 🎈 */ addEventListener('throws', () => { const 你好 = '🎈'; deep(settings, 你好); });
addEventListener('rejects', async (resolve, reject) => {
  try {
    await fetch('http://127.0.0.1:9/nobody');
  } catch (error) {
    console.error('it failed', error);
    reject(error);
  }
});
addEventListener('unhandled', (resolve) => {
  Promise.reject(new RangeError('nobody hears'));
  setTimeout(resolve, 5);
});
addEventListener('traces', (resolve) => {
  console.trace('here');
  resolve();
});
addEventListener('loops', () => {
  for (;;) Math.max(1, 2);
});
";

const DEEP: &str = "interface Settings { name: string }
export function deep(settings: Settings, suffix: string): never {
  throw new TypeError(`${settings.name}${suffix}`);
}
";

/// The files, bundled by these options.
fn bundled(options: &[&str]) -> Result<Bench, String> {
    let tools = npm_packages(&format!("esbuild-{ESBUILD}"), &json!({ "esbuild": ESBUILD }), &[])?;
    let bench = Bench::named("dist/runners/background.js", "");
    bench.write("src/runner.ts", RUNNER);
    bench.write("src/lib/deep.ts", DEEP);
    bench.write("src/lib/settings.json", r#"{"name":"the name"}"#);
    // The file that its package's install script would put there stands beside it.
    let binary = tools.join("node_modules/@esbuild/linux-x64/bin/esbuild");
    let output = Command::new(binary)
        .args([
            "src/runner.ts",
            "--bundle",
            "--outfile=dist/runners/background.js",
            "--format=iife",
        ])
        .args(options)
        .current_dir(bench.folder.path())
        .output()
        .map_err(|error| format!("esbuild cannot be started: {error}"))?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(bench)
}

fn line(bench: &Bench, event: &str) -> Value {
    let arguments =
        ["run", "dist/runners/background.js", "--event", event, "--json", "--timeout", "2s"];
    let ran = command(bench.folder.path(), arguments);
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}{}", ran.stdout, ran.stderr))
}

#[test]
fn the_places_of_a_bundle_are_those_of_its_sources() {
    let kinds: [&[&str]; 4] = [
        &["--sourcemap"],
        &["--sourcemap=inline"],
        &["--sourcemap", "--minify"],
        &["--sourcemap=inline", "--minify", "--charset=utf8"],
    ];
    for options in kinds {
        let bench = or_skip!(bundled(options));
        let stack = |line: &Value| line["error"]["stack"].as_str().unwrap_or_default().to_owned();
        let thrown = line(&bench, "throws");
        assert_eq!(thrown["error"]["message"], "the name🎈", "{options:?}: {thrown}");
        let stack_of_thrown = stack(&thrown);
        let places: Vec<_> = stack_of_thrown.lines().collect();
        assert!(places[0].contains("src/lib/deep.ts:3:"), "{options:?}: {places:?}");
        assert!(places[1].contains("src/runner.ts:4:"), "{options:?}: {places:?}");
        assert!(!stack_of_thrown.contains("background.js"), "{options:?}: {places:?}");

        let rejected = line(&bench, "rejects");
        assert!(stack(&rejected).contains("src/runner.ts:7:"), "{options:?}: {rejected}");
        let log = rejected["logs"].to_string();
        assert!(log.contains("src/runner.ts:7:"), "{options:?}: {log}");

        let log = line(&bench, "unhandled")["logs"].to_string();
        assert!(log.contains("src/runner.ts:14:"), "{options:?}: {log}");
        let log = line(&bench, "traces")["logs"].to_string();
        assert!(log.contains("src/runner.ts:18:"), "{options:?}: {log}");
        let looped = line(&bench, "loops");
        assert_eq!(looped["error"]["code"], "DEADLINE_EXCEEDED");
        // After the deadline nothing is loaded: the place is that of the bundle, unless the map is in it.
        let place =
            if options[0].ends_with("inline") { "src/runner.ts:2" } else { "background.js:" };
        assert!(stack(&looped).contains(place), "{options:?}: {looped}");
    }
}

#[test]
fn a_map_that_is_missing_or_damaged_leaves_the_bundles_own_places() {
    let script =
        "addEventListener('go', () => { throw new Error('here'); });\n//# sourceMappingURL=";
    let long =
        format!("{{\"version\":3,\"sources\":[\"a.ts\"],\"mappings\":\"{}\"}}", "////".repeat(99));
    let urls = [
        ("runner.js.map", ""),
        ("runner.js.map", "{"),
        ("runner.js.map", "[]"),
        ("runner.js.map", r#"{"sources":["a.ts"],"mappings":"!!!,A,AAAAAAAAAAAA;"}"#),
        ("runner.js.map", r#"{"sources":[],"mappings":"AAAA"}"#),
        ("runner.js.map", r#"{"sources":["a.ts"],"mappings":"gggggggggggggE"}"#),
        ("runner.js.map", &long),
        ("data:application/json;base64,!!!", ""),
        ("gone.map", ""),
        ("../../../../etc/passwd", ""),
    ];
    for (url, map) in urls {
        let bench = Bench::new(&format!("{script}{url}\n"));
        if !map.is_empty() {
            bench.write("runner.js.map", map);
        }
        let error = bench.error();
        assert_eq!(error["message"], "here", "{url} {map}: {error}");
        let stack = error["stack"].as_str().unwrap_or_default();
        assert!(stack.contains("runner.js:1:") || stack.contains("a.ts:"), "{url} {map}: {error}");
    }
}

#[test]
fn sources_are_seen_from_the_bundles_root() {
    let script = "addEventListener('go', () => { throw new Error('x'); });\n//# sourceMappingURL=runner.js.map";
    for (root, source, shown) in [
        ("", "../src/./a.ts", "src/a.ts"),
        ("../src/", "a.ts", "src/a.ts"),
        ("", "../../a.ts", "../a.ts"),
        ("", "webpack://app/./src/a.ts", "src/a.ts"),
        ("", "webpack:///src/a.ts", "src/a.ts"),
        ("", "/home/me/a.ts", "/home/me/a.ts"),
        ("", "file:///home/me/a.ts", "file:///home/me/a.ts"),
    ] {
        let bench = Bench::named("dist/runner.js", script);
        let map =
            json!({ "version": 3, "sourceRoot": root, "sources": [source], "mappings": "AAUA" });
        bench.write("dist/runner.js.map", map.to_string());
        let stack = bench.error()["stack"].to_string();
        assert!(stack.contains(&format!("({shown}:11:1)")), "{source}: {stack}");
    }
}

#[test]
fn a_deadline_in_a_loop_shows_where_the_loop_was() {
    let bench = Bench::new(
        "function busy() {\n  for (;;) {\n    Math.random();\n  }\n}\naddEventListener('go', () => {\n  busy();\n});",
    );
    let error = bench.with("--timeout", "300ms").error();
    assert_eq!(error["code"], "DEADLINE_EXCEEDED");
    let stack = error["stack"].as_str().unwrap_or_default();
    assert!(stack.contains("at busy (runner.js:3:"), "{stack}");
    assert!(stack.contains("(runner.js:7:"), "{stack}");
}
