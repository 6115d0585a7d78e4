//! What an editor says about `capacitor.config.json`, through the validator that many of them share:
//! installed into the cache folder from the npm registry.

use std::process::Command;

use background_runner_tests::{npm_packages, or_skip, root};
use serde_json::{Value, json};

const VALIDATOR: &str = "8.17.1";

/// Configurations, and what is wrong with each as (place, keyword); nothing for a good one.
fn cases() -> Vec<(Value, &'static [(&'static str, &'static str)])> {
    let runner = json!({ "label": "a", "src": "a.js" });
    let plugin = |block: Value| json!({ "plugins": { "BackgroundRunner": block } });
    vec![
        (json!({}), &[]),
        (json!({ "$schema": "x", "appId": "a", "plugins": { "Keyboard": { "resize": 1 } } }), &[]),
        (plugin(runner.clone()), &[]),
        (
            plugin(json!({
                "label": "a", "src": "a.js", "event": "e", "repeat": true, "interval": 15,
                "autoStart": true, "apis": ["kv"], "constraints": { "network": "unmetered" },
                "schedules": [{ "event": "e", "interval": 30, "details": { "x": [1] } }],
            })),
            &[],
        ),
        (plugin(json!({ "runners": [runner, { "label": "b", "src": "b.js" }] })), &[]),
        (plugin(json!({ "label": "a" })), &[("", "oneOf")]),
        (plugin(json!({ "label": "a", "src": "a.js", "runners": [] })), &[("", "oneOf")]),
        (
            plugin(json!({ "label": "a", "src": "a.js", "intervall": 15 })),
            &[("", "additionalProperties")],
        ),
        (
            plugin(json!({ "label": "a", "src": "a.js", "interval": "15" })),
            &[("/interval", "type")],
        ),
        (plugin(json!({ "label": "", "src": "a.js" })), &[("/label", "minLength")]),
        (
            plugin(json!({ "label": "a", "src": "a.js", "apis": ["camera"] })),
            &[("/apis/0", "enum")],
        ),
        (plugin(json!({ "runners": [{ "label": "a" }] })), &[("/runners/0", "required")]),
        (
            plugin(json!({ "label": "a", "src": "a.js", "schedules": [{ "event": "e" }] })),
            &[("/schedules/0", "required")],
        ),
        (
            plugin(json!({ "label": "a", "src": "a.js", "constraints": { "network": "wifi" } })),
            &[("/constraints/network", "enum")],
        ),
    ]
}

#[test]
fn an_editor_knows_good_and_bad_configurations() {
    let ajv = json!({ "ajv": VALIDATOR });
    let tools = or_skip!(npm_packages(&format!("ajv-{VALIDATOR}"), &ajv, &[]));
    let cases = cases();
    let configs: Vec<&Value> = cases.iter().map(|(config, _)| config).collect();
    let output = Command::new("node")
        .arg(root().join("tests/config_editor.js"))
        .arg(tools.join("node_modules"))
        .arg(root().join("generated"))
        .arg(serde_json::to_string(&configs).expect("values are JSON"))
        .output()
        .expect("npm has brought Node");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said: Vec<Vec<(String, String)>> =
        serde_json::from_slice(&output.stdout).expect("a list for each configuration");
    assert_eq!(said.len(), cases.len());
    for ((config, expected), found) in cases.iter().zip(&said) {
        assert_eq!(found.is_empty(), expected.is_empty(), "{config}: {found:?}");
        for (place, keyword) in *expected {
            let place = format!("/plugins/BackgroundRunner{place}");
            let is_it = |(at, what): &(String, String)| *at == place && what == keyword;
            assert!(found.iter().any(is_it), "{config}: no {keyword} at {place} in {found:?}");
        }
    }
}
