//! The build script, evaluated in the language that it is written in: what an app's configuration
//! makes the plugin declare (contract C6).

use std::fs;

use background_runner_tests::{or_skip, root};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::tools::Tools;

/// What the build script says in an app with these options; without options, in an app that was never synchronised.
fn evaluated(tools: &Tools, options: Option<Value>) -> Value {
    let app = TempDir::new().expect("there is a place for it");
    if let Some(options) = options {
        let assets = app.path().join("src/main/assets");
        fs::create_dir_all(&assets).expect("the app can be written");
        let config =
            json!({ "appId": "com.example.app", "plugins": { "BackgroundRunner": options } });
        fs::write(assets.join("capacitor.config.json"), config.to_string())
            .expect("the app can be written");
    }
    said(&tools.evaluate(app.path(), "8.13.0", ""))
}

fn said(said: &str) -> Value {
    let last = said.lines().find(|line| line.starts_with('{')).unwrap_or_else(|| panic!("{said}"));
    serde_json::from_str(last).expect("the evaluation prints JSON")
}

#[test]
fn the_configuration_decides_what_is_declared() {
    let tools = or_skip!(Tools::find());
    let runner = |more: Value| {
        let mut options = json!({ "label": "a", "src": "a.js" });
        options
            .as_object_mut()
            .expect("it is one")
            .extend(more.as_object().expect("it is one").clone());
        options
    };
    let cases = [
        (None, json!([])),
        (Some(json!(null)), json!([])),
        (Some(runner(json!({ "apis": [] }))), json!([])),
        (Some(runner(json!({ "apis": ["kv", "device"] }))), json!([])),
        // Without a list the script may call everything, and the app declares what that needs.
        (Some(runner(json!({}))), json!([])),
        (Some(runner(json!({ "apis": ["geolocation"] }))), json!(["geolocation"])),
        (Some(runner(json!({ "apis": ["notifications"] }))), json!(["notifications"])),
        (
            Some(runner(json!({ "apis": ["notifications"], "exactAlarms": true }))),
            json!(["notifications", "exact-alarms"]),
        ),
        (
            Some(runner(json!({ "apis": ["notifications"], "alarmClock": true }))),
            json!(["notifications", "exact-alarms", "alarm-clock"]),
        ),
        (
            Some(runner(json!({ "apis": ["kv"], "backgroundLocation": true }))),
            json!(["geolocation", "background-location"]),
        ),
        (
            Some(
                json!({ "runners": [runner(json!({ "apis": ["geolocation"] })), runner(json!({ "apis": ["notifications"] }))] }),
            ),
            json!(["geolocation", "notifications"]),
        ),
    ];
    for (options, expected) in cases {
        assert_eq!(evaluated(tools, options.clone())["manifests"], expected, "{options:?}");
    }
}

/// Android's plugin refuses another one for Kotlin where it compiles that itself:
/// <https://developer.android.com/build/migrate-to-built-in-kotlin>
#[test]
fn kotlin_has_one_compiler_with_every_version_of_androids_plugin() {
    let tools = or_skip!(Tools::find());
    for (version, built_in, applied) in [
        ("8.13.0", "", true),
        ("8.13.0", "true", true),
        ("9.0.0", "", false),
        ("9.2.0-alpha01", "true", false),
        ("10.0.0", "", false),
        ("9.0.0", "false", true),
    ] {
        let app = TempDir::new().expect("there is a place for it");
        let plugins = said(&tools.evaluate(app.path(), version, built_in))["plugins"].clone();
        let kotlin = plugins.as_array().is_some_and(|all| all.contains(&json!("kotlin-android")));
        assert_eq!(kotlin, applied, "{version}, `{built_in}`");
    }
}

#[test]
fn the_build_script_says_what_the_schema_says() {
    let said = evaluated(or_skip!(Tools::find()), None);
    assert_eq!(said["android"]["namespace"], "io.ionic.backgroundrunner");
    assert_eq!(said["android"]["compileSdk"], 36);
    assert_eq!(said["android"]["defaultConfig"]["minSdk"], 24);
    let dependencies = [
        "project :capacitor-android",
        "androidx.core:core:1.17.0",
        "androidx.work:work-runtime:2.10.5",
        "org.jetbrains.kotlinx:kotlinx-coroutines-android:1.10.2",
    ];
    assert_eq!(said["dependencies"], json!(dependencies));
}

/// What follows a text, each time, up to what is no part of a version.
fn versions<'a>(script: &'a str, before: &str) -> Vec<&'a str> {
    let rest = script.split(before).skip(1);
    rest.map(|rest| {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
        &rest[..end.unwrap_or(rest.len())]
    })
    .collect()
}

/// An app that compiles its modules for different versions of Java does not build.
#[test]
fn java_and_kotlin_are_compiled_as_capacitor_is() {
    let capacitor = or_skip!(Tools::find()).capacitor_build();
    let [ours, theirs] = [root().join("generated/android/build.gradle"), capacitor]
        .map(|path| fs::read_to_string(path).expect("it is there"));
    for setting in ["Compatibility JavaVersion.VERSION_", "com.android.tools.build:gradle:"] {
        assert!(!versions(&theirs, setting).is_empty(), "Capacitor says no `{setting}`");
        assert_eq!(versions(&ours, setting), versions(&theirs, setting), "{setting}");
    }
    let java = versions(&theirs, "sourceCompatibility JavaVersion.VERSION_");
    assert_eq!(versions(&ours, "JvmTarget.JVM_"), java);
    for setting in ["rootProject.ext.compileSdkVersion : ", "rootProject.ext.minSdkVersion : "] {
        assert_eq!(versions(&ours, setting), versions(&theirs, setting), "{setting}");
    }
}
