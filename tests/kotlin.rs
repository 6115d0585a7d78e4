//! The Android half of `generated/`, as far as text alone can tell: any machine can run this.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use background_runner_tests::root;
use codegen::{Schema, model::Model, understand};
use roxmltree::{Document, Node as XmlNode};
use tree_sitter::{Node, Parser};
use walkdir::WalkDir;

fn android() -> PathBuf {
    root().join("generated/android")
}

/// Every file below `folder` whose name ends in `extension`, with its text.
fn files(folder: &Path, extension: &str) -> Vec<(PathBuf, String)> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter();
    let paths = entries.map(|entry| entry.expect("it can be listed").into_path());
    let wanted = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
    wanted.map(|path| (path.clone(), read(&path))).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn model() -> Model {
    let entries = fs::read_dir(root().join("schema")).expect("the schema is there");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    let schema: Schema = paths
        .filter(|path| path.is_file())
        .map(|path| {
            (path.file_name().expect("it has a name").to_string_lossy().into_owned(), read(&path))
        })
        .collect();
    understand(&schema).expect("the schema has no faults")
}

fn plugin_source() -> String {
    let (_, text) = files(&android(), "kt")
        .into_iter()
        .find(|(path, _)| path.ends_with("BackgroundRunnerPlugin.kt"))
        .expect("the plugin's class is generated");
    text
}

/// The first place that the grammar does not understand.
fn fault(node: Node<'_>) -> Option<Node<'_>> {
    if node.is_error() || node.is_missing() {
        return Some(node);
    }
    (0..node.child_count()).filter_map(|index| node.child(index)).find_map(fault)
}

#[test]
fn every_kotlin_file_parses() {
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_kotlin_ng::LANGUAGE.into())
        .expect("the grammar fits the parser");
    let files = files(&android(), "kt");
    assert!(files.len() > 50, "only {} Kotlin files are generated", files.len());
    for (path, text) in files {
        let tree = parser.parse(&text, None).expect("the parser has a language");
        if let Some(node) = fault(tree.root_node()) {
            panic!("{}:{}: not Kotlin", path.display(), node.start_position().row + 1);
        }
    }
}

/// A method of the web view that Kotlin does not offer, or the other way round, is an error at run time.
#[test]
fn the_plugin_has_every_method_of_the_definitions() {
    let model = model();
    let inherited = ["addListener"];
    let wanted: BTreeSet<&str> = model
        .definitions
        .methods
        .iter()
        .map(|method| method.name.as_str())
        .chain(inherited)
        .collect();
    let source = plugin_source();
    let methods = source.split("@PluginMethod").skip(1);
    let found: BTreeSet<&str> = methods
        .map(|rest| rest.split_once("fun ").expect("a function follows").1)
        .map(|rest| rest.split_once('(').expect("it has parameters").0)
        .collect();
    assert_eq!(found, wanted);
}

#[test]
fn the_plugin_sends_every_event_of_the_definitions() {
    let source = plugin_source();
    for event in model().definitions.events {
        let constant = format!(" = \"{}\"", event.name);
        let line =
            source.lines().find(|line| line.ends_with(&constant)).expect("it has a constant");
        let name = line.trim().trim_start_matches("const val ").trim_end_matches(&constant);
        assert!(
            source.contains(&format!("notifyListeners({name}, ")),
            "`{}` is never sent",
            event.name
        );
    }
}

/// Capacitor's command line finds the plugin with two regular expressions that look at line starts.
#[test]
fn the_command_line_finds_one_plugin_class() {
    let annotated: Vec<(PathBuf, String)> = files(&android(), "kt")
        .into_iter()
        .filter(|(_, text)| text.lines().any(|line| line.starts_with("@CapacitorPlugin")))
        .collect();
    let [(path, text)] = &annotated[..] else { panic!("{} plugin classes", annotated.len()) };
    let (before, after) =
        text.split_once("\n@CapacitorPlugin").expect("the annotation starts its line");
    let class = after.split_once("class ").expect("a class follows").1;
    let name: String = class.chars().take_while(char::is_ascii_alphanumeric).collect();
    assert_eq!(name, "BackgroundRunnerPlugin");
    assert_eq!(path.file_stem().and_then(|stem| stem.to_str()), Some("BackgroundRunnerPlugin"));
    let packages: Vec<&str> =
        before.lines().filter_map(|line| line.strip_prefix("package ")).collect();
    assert_eq!(packages, [model().plugin.kotlin_package.as_str()]);
}

/// B-A1: the bridge has one thread for all plugins of the app.
#[test]
fn nothing_blocks_a_thread_for_a_coroutine() {
    for (path, text) in files(&android(), "kt") {
        assert!(!text.contains("runBlocking"), "{} blocks", path.display());
    }
}

#[test]
fn the_core_needs_no_android() {
    let core: Vec<(PathBuf, String)> = files(&android(), "kt")
        .into_iter()
        .filter(|(path, _)| path.parent().is_some_and(|folder| folder.ends_with("core")))
        .collect();
    assert!(core.len() > 40, "only {} files in the core", core.len());
    for (path, text) in core {
        for prefix in ["android.", "androidx.", "com.getcapacitor."] {
            let import = format!("import {prefix}");
            assert!(!text.contains(&import), "{} needs `{prefix}*`", path.display());
        }
    }
}

/// Contract C6 and B-A21: nothing is declared that the app's configuration does not ask for.
#[test]
fn the_manifest_declares_nothing_by_itself() {
    let text = read(&android().join("src/main/AndroidManifest.xml"));
    let manifest = Document::parse(&text).expect("the manifest is XML");
    assert_eq!(manifest.root_element().children().filter(XmlNode::is_element).count(), 0);
}

/// The table of permissions by feature.
#[test]
fn each_feature_declares_its_own_entries() {
    let expected = [
        ("alarm-clock", vec!["USE_EXACT_ALARM"], vec![]),
        ("background-location", vec!["ACCESS_BACKGROUND_LOCATION"], vec![]),
        ("exact-alarms", vec!["SCHEDULE_EXACT_ALARM"], vec![]),
        ("geolocation", vec!["ACCESS_COARSE_LOCATION", "ACCESS_FINE_LOCATION"], vec![]),
        (
            "notifications",
            vec!["POST_NOTIFICATIONS", "RECEIVE_BOOT_COMPLETED"],
            vec!["io.ionic.backgroundrunner.NotificationReceiver"],
        ),
    ];
    let folder = android().join("src/features");
    let found = files(&folder, "xml");
    assert_eq!(found.len(), expected.len());
    for ((path, text), (name, permissions, receivers)) in found.iter().zip(expected) {
        assert!(path.ends_with(format!("{name}/AndroidManifest.xml")), "{}", path.display());
        let document = Document::parse(text).expect("the manifest is XML");
        assert_eq!(names(&document, "uses-permission"), prefixed(&permissions), "{name}");
        assert_eq!(names(&document, "receiver"), receivers, "{name}");
    }
}

const ANDROID: &str = "http://schemas.android.com/apk/res/android";

fn names<'a>(document: &'a Document<'_>, tag: &str) -> Vec<&'a str> {
    let tagged = document.descendants().filter(|node| node.has_tag_name(tag));
    tagged.map(|node| node.attribute((ANDROID, "name")).expect("it is named")).collect()
}

fn prefixed(permissions: &[&str]) -> Vec<String> {
    permissions.iter().map(|name| format!("android.permission.{name}")).collect()
}

/// B-A22: what the native library looks up by name must keep its name.
#[test]
fn kept_classes_exist() {
    let rules = read(&android().join("consumer-rules.pro"));
    let kept: Vec<&str> = rules
        .lines()
        .filter(|line| line.starts_with("-keep "))
        .map(|line| {
            // `class NAME`, or `class * implements NAME`.
            let mut words =
                line.split_whitespace().skip(2).filter(|word| !["*", "implements"].contains(word));
            words.next().expect("a rule names a class")
        })
        .collect();
    assert!(!kept.is_empty());
    let sources = files(&android(), "kt");
    for name in kept {
        let (package, class) = name.rsplit_once('.').expect("it has a package");
        // A class within another one is in that one's file.
        let class = class.rsplit('$').next().unwrap_or(class);
        let exists = sources.iter().any(|(_, text)| {
            text.contains(&format!("package {package}\n"))
                && ["class", "interface", "object"]
                    .iter()
                    .any(|kind| text.contains(&format!("{kind} {class}")))
        });
        assert!(exists, "`{name}` is kept, but there is no such class");
    }
}

/// The runtime names three classes: they have to be those of the schema's package.
#[test]
fn the_runtime_looks_for_classes_that_exist() {
    let source = read(&root().join("runtime/src/abi/jni.rs"));
    let package = format!("{}.core.", model().plugin.kotlin_package);
    let named: BTreeSet<String> = source
        .split("c\"")
        .filter_map(|text| text.split_once('"'))
        .map(|(path, _)| path.replace('/', "."))
        .filter(|class| {
            class.starts_with("io.") || class.contains(".core.") && !class.contains('(')
        })
        .collect();
    let wanted = ["Native", "NativeDone", "NativeHost"].map(|class| format!("{package}{class}"));
    assert_eq!(named, wanted.into());
    let header = read(&root().join("runtime/include/runner.h"));
    let version = header.lines().find_map(|line| line.strip_prefix("#define RUNNER_ABI_VERSION "));
    let runner = read(&android().join("src/main/java/io/ionic/backgroundrunner/core/Runner.kt"));
    let constant =
        format!("const val ABI_VERSION = {}\n", version.expect("the header has a version").trim());
    assert!(runner.contains(&constant), "Kotlin is written for another version of the interface");
    let native = read(&android().join("src/main/java/io/ionic/backgroundrunner/core/Native.kt"));
    for (status, constant) in [("RUNNER_STATUS_OK", "MORE"), ("RUNNER_STATUS_WAIT", "WAIT")] {
        let line = header.lines().find_map(|line| line.trim().strip_prefix(status));
        let number = line.expect("the header has the status").trim_matches([' ', '=', ',']);
        let constant = format!("const val {constant} = {number}\n");
        assert!(native.contains(&constant), "there is no `{constant}`");
    }
}
