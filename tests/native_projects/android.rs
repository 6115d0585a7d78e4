//! What an app's build makes of the plugin's build script and manifests (contract C6).

use std::{fs, sync::OnceLock};

use background_runner_tests::{Debian, or_skip, root};
use serde_json::{Value, json};

use super::sources;

/// An app around the plugin, and what its build has to come to.
struct App {
    name: &'static str,
    /// The plugin's options in the app's configuration; without any, the app was never synchronised.
    options: Option<Value>,
    /// What the app sets in `variables.gradle`.
    variables: &'static str,
    /// The manifests of features that are added.
    features: &'static [&'static str],
    /// The permissions of the merged manifest, beside the app's own.
    permissions: &'static [&'static str],
}

fn apps() -> [App; 5] {
    let all = json!(["kv", "device", "notifications", "geolocation", "app", "watch"]);
    [
        App {
            name: "never-synchronised",
            options: None,
            variables: "",
            features: &[],
            permissions: &[],
        },
        App {
            name: "nothing-on",
            options: Some(json!({ "label": "a", "src": "a.js", "apis": [] })),
            variables: "",
            features: &[],
            permissions: &[],
        },
        App {
            name: "everything-on",
            options: Some(json!({ "runners": [
                { "label": "a", "src": "a.js", "apis": ["kv"] },
                { "label": "b", "src": "b.js", "apis": all },
            ], "exactAlarms": true, "alarmClock": true, "backgroundLocation": true })),
            variables: "",
            features: &[
                "geolocation",
                "background-location",
                "notifications",
                "exact-alarms",
                "alarm-clock",
            ],
            permissions: &[
                "ACCESS_BACKGROUND_LOCATION",
                "ACCESS_COARSE_LOCATION",
                "ACCESS_FINE_LOCATION",
                "POST_NOTIFICATIONS",
                "RECEIVE_BOOT_COMPLETED",
                "SCHEDULE_EXACT_ALARM",
                "USE_EXACT_ALARM",
            ],
        },
        App {
            name: "notifications-on",
            options: Some(json!({ "label": "a", "src": "a.js", "apis": ["notifications"] })),
            variables: "",
            features: &["notifications"],
            permissions: &["POST_NOTIFICATIONS", "RECEIVE_BOOT_COMPLETED"],
        },
        App {
            name: "own-versions",
            options: Some(json!({ "label": "a", "src": "a.js", "apis": ["kv", "device"] })),
            variables: "ext {\n    minSdkVersion = 26\n    compileSdkVersion = 37\n    kotlin_version = '2.2.20'\n    \
                androidxCoreVersion = '1.2.3'\n    androidxWorkVersion = '4.5.6'\n    \
                kotlinxCoroutinesVersion = '7.8.9'\n}\n",
            features: &[],
            permissions: &[],
        },
    ]
}

/// The projects of an app, as Capacitor's command line lays them out.
const SETTINGS: &str = "include ':app'
include ':capacitor-android'
include ':capacitor-background-runner'
project(':capacitor-background-runner').projectDir = new File('../plugin/android')
";

/// The manifest of an app that wants nothing for itself but the network.
const MANIFEST: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.example.app">
    <application android:label="Example" android:allowBackup="true">
        <activity android:name=".MainActivity" android:exported="true" />
    </application>
    <uses-permission android:name="android.permission.INTERNET" />
</manifest>
"#;

/// The folder in which Gradle has evaluated every app and the merger has merged its manifests.
fn built() -> Result<&'static Debian, &'static String> {
    static BUILT: OnceLock<Result<Debian, String>> = OnceLock::new();
    BUILT.get_or_init(build).as_ref()
}

fn build() -> Result<Debian, String> {
    let debian = Debian::with("gradle", "native-projects/android")?;
    for entry in fs::read_dir(sources()).expect("the sources are there") {
        let path = entry.expect("it can be listed").path();
        let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
        debian.write(&name, &fs::read(&path).expect("it can be read"));
    }
    debian.place_changed(&root().join("generated/android"), "plugin/android", |path, bytes| {
        if !path.ends_with("build.gradle") {
            return bytes;
        }
        // Debian's Gradle does not know the Java of today, nor providers of files.
        let text = String::from_utf8_lossy(&bytes).replace("JavaVersion.VERSION_21", "'21'");
        text.replace("providers.fileContents(", "fileContents(").into_bytes()
    });
    let apps = apps();
    for app in &apps {
        let file = |path: &str| format!("{}/{path}", app.name);
        debian.write(&file("settings.gradle"), SETTINGS.as_bytes());
        debian.write(&file("build.gradle"), app.variables.as_bytes());
        debian.write(&file("app/build.gradle"), b"apply plugin: 'java'\n");
        debian.write(&file("capacitor-android/build.gradle"), b"apply plugin: 'java-library'\n");
        debian.write(&file("manifest.xml"), MANIFEST.as_bytes());
        if let Some(options) = &app.options {
            let config = json!({ "plugins": { "BackgroundRunner": options } }).to_string();
            debian.write(&file("app/src/main/assets/capacitor.config.json"), config.as_bytes());
        }
    }
    let names = apps.map(|app| app.name);
    let gradle = [&["sh", "gradle.sh", "2.2.20"], &names[..]].concat();
    let _ = debian.expect(&gradle);
    for name in names {
        let said = recorded(&debian, name);
        let manifests = said["manifests"].as_array().expect("it is a list");
        let paths = manifests.iter().map(|path| path.as_str().expect("it is a path"));
        let paths = ["src/main/AndroidManifest.xml"].into_iter().chain(paths);
        let lines: String = paths.map(|path| format!("plugin/android/{path}\n")).collect();
        debian.write(&format!("{name}/libraries"), lines.as_bytes());
    }
    let _ = debian.expect(&[&["sh", "manifests.sh"], &names[..]].concat());
    Ok(debian)
}

/// What the plugin's build script said in an app.
fn recorded(debian: &Debian, app: &str) -> Value {
    let text = read(debian, &format!("{app}/capacitor-background-runner.json"));
    serde_json::from_str(&text).expect("the stand-in writes JSON")
}

fn read(debian: &Debian, path: &str) -> String {
    fs::read_to_string(debian.folder().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn gradle_evaluates_the_build_script() {
    let debian = or_skip!(built());
    for app in apps() {
        let said = recorded(debian, app.name);
        let own = app.name == "own-versions";
        let version = |ours: &str, theirs: &str| if own { theirs } else { ours }.to_owned();
        let expected = json!({
            "android": {
                "namespace": "io.ionic.backgroundrunner",
                "compileSdk": version("36", "37"),
                "defaultConfig": {
                    "minSdk": version("24", "26"),
                    "consumerProguardFiles": ["consumer-rules.pro"],
                },
                "compileOptions": { "sourceCompatibility": ["21"], "targetCompatibility": ["21"] },
            },
            "kotlin": { "compilerOptions": { "jvmTarget": { "set": ["JVM_21"] } } },
            "manifests": app.features.iter()
                .map(|feature| format!("src/features/{feature}/AndroidManifest.xml"))
                .collect::<Vec<_>>(),
            "dependencies": { "implementation": [
                "project :capacitor-android",
                format!("androidx.core:core:{}", version("1.17.0", "1.2.3")),
                format!("androidx.work:work-runtime:{}", version("2.10.5", "4.5.6")),
                format!(
                    "org.jetbrains.kotlinx:kotlinx-coroutines-android:{}",
                    version("1.10.2", "7.8.9")
                ),
            ] },
            // No folder of archives: Android's plugin finds the libraries in `src/main/jniLibs` by itself.
            "repositories": ["Google", "MavenRepo"],
        });
        assert_eq!(said, expected, "{}", app.name);
    }
    assert!(debian.folder().join("plugin/android/consumer-rules.pro").exists());
}

#[test]
fn the_merged_manifest_declares_what_the_configuration_enables() {
    let debian = or_skip!(built());
    for app in apps() {
        let text = read(debian, &format!("{}/permissions", app.name));
        let mut permissions: Vec<&str> = text
            .lines()
            .map(|line| line.trim_start_matches("android.permission."))
            .filter(|permission| *permission != "INTERNET")
            .collect();
        permissions.sort_unstable();
        assert_eq!(permissions, app.permissions, "{}", app.name);
        let merged = read(debian, &format!("{}/merged.xml", app.name));
        insta::assert_snapshot!(format!("merged_manifest_{}", app.name), merged);
    }
}
