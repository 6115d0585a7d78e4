//! The iOS half of `generated/`, as far as text alone can tell: any machine can run this.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use background_runner_tests::root;
use codegen::{Schema, model::Model, understand};
use tree_sitter::{Node, Parser};
use walkdir::WalkDir;

const PLUGIN: &str = "ios/Sources/CapacitorBackgroundRunner";
const LOCATION: &str = "ios/Sources/CapacitorBackgroundRunnerLocation";
const CORE: &str = "ios/Sources/CapacitorBackgroundRunnerCore";

/// Every Swift file below a folder of the workspace, with its text.
fn swift_files(folder: &str) -> Vec<(PathBuf, String)> {
    let entries = WalkDir::new(root().join(folder)).sort_by_file_name().into_iter();
    let paths = entries.map(|entry| entry.expect("it can be listed").into_path());
    let wanted = paths.filter(|path| path.extension().is_some_and(|found| found == "swift"));
    let files: Vec<_> = wanted.map(|path| (path.clone(), read(&path))).collect();
    assert!(!files.is_empty(), "{folder} has no Swift");
    files
}

fn generated(folder: &str) -> Vec<(PathBuf, String)> {
    swift_files(&format!("generated/{folder}"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn model() -> Model {
    let entries = fs::read_dir(root().join("schema")).expect("the schema is there");
    let files =
        entries.map(|entry| entry.expect("it can be listed").path()).filter(|path| path.is_file());
    let named = |path: PathBuf| {
        (path.file_name().expect("it has a name").to_string_lossy().into_owned(), read(&path))
    };
    let schema: Schema = files.map(named).collect();
    understand(&schema).expect("the schema has no faults")
}

fn plugin_class() -> String {
    read(&root().join("generated").join(PLUGIN).join("BackgroundRunnerPlugin.swift"))
}

/// The first place that the grammar does not understand.
fn fault(node: Node<'_>) -> Option<Node<'_>> {
    if node.is_error() || node.is_missing() {
        return Some(node);
    }
    let mut cursor = node.walk();
    let children: Vec<_> = node.children(&mut cursor).collect();
    children.into_iter().find_map(fault)
}

/// What stands between two texts, wherever they do.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start)
        .skip(1)
        .filter_map(|rest| rest.split_once(end))
        .map(|(found, _)| found)
        .collect()
}

#[test]
fn every_swift_file_parses() {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_swift::LANGUAGE.into()).expect("the grammar fits");
    for (path, text) in generated("ios").into_iter().chain(swift_files("tests/native/swift")) {
        let tree = parser.parse(&text, None).expect("parsing is not cancelled");
        if let Some(fault) = fault(tree.root_node()) {
            let line = fault.start_position().row + 1;
            panic!("{}:{line}: {}", path.display(), &text[fault.byte_range()]);
        }
    }
}

#[test]
fn the_plugin_has_the_methods_of_the_definitions_and_no_others() {
    let model = model();
    let methods: BTreeSet<&str> =
        model.definitions.methods.iter().map(|method| method.name.as_str()).collect();
    let plugin = plugin_class();
    let listed: BTreeSet<&str> = between(&plugin, "#selector(", "(_:))").into_iter().collect();
    assert_eq!(listed, methods, "`pluginMethods`");
    let exposed: BTreeSet<&str> = plugin
        .lines()
        .filter(|line| {
            line.trim_start().starts_with("@objc ") && line.contains("(_ call: CAPPluginCall)")
        })
        .filter_map(|line| Some(line.split_once("func ")?.1.split_once('(')?.0))
        .collect();
    assert_eq!(exposed, methods, "`@objc` functions");
    let calls = read(&root().join("generated").join(CORE).join("Calls.swift"));
    let routed: BTreeSet<&str> = between(&calls, "        case \"", "\":\n").into_iter().collect();
    assert_eq!(routed, methods, "the calls that are handed on");
}

#[test]
fn every_device_api_has_a_protocol_and_a_way_to_its_methods() {
    let apis = read(&root().join("generated").join(CORE).join("Apis.swift"));
    for api in model().apis {
        let declared = format!("package protocol {}: Sendable {{", api.name);
        assert!(apis.contains(&declared), "{declared}");
        let route = apis.split_once(&format!("extension {} {{", api.name)).expect("it is routed").1;
        let route = route.split_once("\n}\n").expect("it ends").0;
        for method in api.methods {
            assert!(
                route.contains(&format!("case \"{}\":", method.name)),
                "{}.{}",
                api.name,
                method.name
            );
        }
    }
}

#[test]
fn the_error_codes_are_those_of_the_definitions() {
    let types = read(&root().join("generated").join(CORE).join("Types.swift"));
    let codes = types.split_once("public enum RunnerErrorCode").expect("it is there").1;
    let codes = codes.split_once("\n}\n").expect("it ends").0;
    let swift: Vec<&str> = between(codes, " = \"", "\"");
    let model = model();
    let declaration = model.declaration("RunnerErrorCode").expect("it is declared");
    let codegen::model::TypeKind::Literals(literals) = &declaration.kind else {
        panic!("the codes are literals")
    };
    let schema: Vec<&str> = literals.iter().map(|literal| literal.value.as_str()).collect();
    assert_eq!(swift, schema);
}

/// Capacitor's command line takes the first `@objc(Name)` of every file for a plugin.
#[test]
fn only_the_plugin_class_carries_a_name_for_objective_c() {
    let named: Vec<String> = generated("ios")
        .into_iter()
        .filter(|(_, text)| text.contains("@objc(") || text.contains("CAP_PLUGIN("))
        .map(|(path, _)| path.file_name().expect("it has a name").to_string_lossy().into_owned())
        .collect();
    assert_eq!(named, ["BackgroundRunnerPlugin.swift"]);
    assert_eq!(between(&plugin_class(), "@objc(", ")").first(), Some(&"BackgroundRunnerPlugin"));
}

/// What stands behind such a condition is not seen by the compiler that checks it.
#[test]
fn no_code_hides_behind_a_platform() {
    for (path, text) in generated("ios") {
        assert!(!text.contains("#if os("), "{}", path.display());
        assert!(!text.contains("#if targetEnvironment("), "{}", path.display());
    }
}

#[test]
fn core_knows_only_foundation_and_the_runtime() {
    let allowed = ["Foundation", "FoundationNetworking", "os", "CapacitorBackgroundRunnerNative"];
    for (path, text) in generated(CORE) {
        let imports = text.lines().filter_map(|line| line.trim().strip_prefix("import "));
        for import in imports {
            assert!(allowed.contains(&import), "{} imports {import}", path.display());
        }
    }
}

#[test]
fn every_function_of_the_runtime_is_in_its_header() {
    let header = read(&root().join("runtime/include/runner.h"));
    for (path, text) in generated(CORE) {
        let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let prefixes = ["runner_", "RUNNER_ABI_", "RUNNER_LEVEL_", "RUNNER_STATUS_"];
        for word in words.filter(|word| prefixes.iter().any(|prefix| word.starts_with(prefix))) {
            assert!(header.contains(word), "{}: `{word}`", path.display());
        }
    }
}

/// A function's name with its labels: `session(_:didReceiveMessage:)`.
fn selector(function: Node<'_>, text: &str) -> Option<(String, String)> {
    let mut cursor = function.walk();
    let name = function.child_by_field_name("name")?;
    let mut labels = String::new();
    let mut first_type = String::new();
    for parameter in function.children(&mut cursor).filter(|child| child.kind() == "parameter") {
        let written = &text[parameter.byte_range()];
        let (names, ty) = written.split_once(':')?;
        let label = names.split_whitespace().next()?;
        labels.push_str(label);
        labels.push(':');
        if first_type.is_empty() {
            ty.trim().clone_into(&mut first_type);
        }
    }
    Some((format!("{}({labels})", &text[name.byte_range()]), first_type))
}

/// The functions of a text whose first parameter has one of the types, with their labels.
fn delegate_functions(parser: &mut Parser, text: &str, senders: &[&str]) -> BTreeSet<String> {
    let tree = parser.parse(text, None).expect("parsing is not cancelled");
    let mut found = BTreeSet::new();
    let mut left = vec![tree.root_node()];
    while let Some(node) = left.pop() {
        if matches!(node.kind(), "function_declaration" | "protocol_function_declaration") {
            let function = selector(node, text);
            found.extend(
                function.filter(|(_, ty)| senders.contains(&ty.as_str())).map(|(name, _)| name),
            );
        }
        let mut cursor = node.walk();
        left.extend(node.children(&mut cursor).collect::<Vec<_>>());
    }
    found
}

/// A delegate's optional method with a misspelt name compiles, and is never called.
#[test]
fn delegates_have_only_methods_that_the_system_calls() {
    let senders = ["CLLocationManager", "UNUserNotificationCenter", "WCSession"];
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_swift::LANGUAGE.into()).expect("the grammar fits");
    let mut known = BTreeSet::new();
    for (_, text) in swift_files("tests/native/swift/stubs") {
        known.extend(delegate_functions(&mut parser, &text, &senders));
    }
    // What stands for a call of an optional method is no method of a delegate.
    known.retain(|name| !name.contains("IfThere("));
    assert!(known.contains("session(_:didReceiveMessage:)"), "{known:?}");
    let mut used = BTreeSet::new();
    for (_, text) in generated(PLUGIN).into_iter().chain(generated(LOCATION)) {
        used.extend(delegate_functions(&mut parser, &text, &senders));
    }
    assert!(used.is_subset(&known), "{:?}", used.difference(&known));
    assert_eq!(used.len(), known.len(), "each of them is used: {:?}", known.difference(&used));
}

/// A tap on another plugin's notification still reaches it.
#[test]
fn the_notification_listener_forwards_to_the_delegate_it_found() {
    let listener = read(&root().join("generated").join(PLUGIN).join("NotificationListener.swift"));
    assert!(
        listener.contains("WeakDelegate(delegate: center.delegate)"),
        "the delegate that was there is kept"
    );
    let functions: Vec<&str> = listener.split("    func userNotificationCenter(").skip(1).collect();
    assert_eq!(functions.len(), 3);
    for function in functions {
        assert!(function.contains("$0.userNotificationCenter?("), "{function}");
    }
}

#[test]
fn the_watch_events_are_those_of_the_documentation() {
    let watch = read(&root().join("generated").join(PLUGIN).join("Watch.swift"));
    let events = between(&watch, "        dispatch(\"", "\"");
    // A message may wait for a reply, or not.
    let expected = [
        "activationDidCompleteWith",
        "sessionDidBecomeInactive",
        "sessionDidDeactivate",
        "didReceiveUserInfo",
        "didReceiveMessage",
        "didReceiveMessage",
        "didReceiveApplicationContext",
    ];
    assert_eq!(events, expected);
    assert!(watch.contains("\"WatchConnectivity_\\(event)\""));
}

#[test]
fn the_package_names_folders_that_are_there() {
    let package = read(&root().join("generated/Package.swift"));
    let paths = between(&package, "path: \"", "\"");
    for path in paths.iter().filter(|path| !path.ends_with(".xcframework")) {
        assert!(root().join("generated").join(path).is_dir(), "{path}");
    }
    for target in ["", "Core", "Launch", "Location", "Native"] {
        let name = format!("name: \"CapacitorBackgroundRunner{target}\"");
        assert!(package.contains(&name), "{name}");
    }
}

#[test]
fn the_privacy_manifest_is_a_property_list() {
    let path = root().join("generated").join(PLUGIN).join("PrivacyInfo.xcprivacy");
    let text = read(&path);
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let manifest = roxmltree::Document::parse_with_options(&text, options).expect("it is XML");
    let keys: Vec<&str> = manifest
        .descendants()
        .filter(|node| node.has_tag_name("key"))
        .filter_map(|node| node.text())
        .collect();
    for key in ["NSPrivacyTracking", "NSPrivacyCollectedDataTypes", "NSPrivacyAccessedAPITypes"] {
        assert!(keys.contains(&key), "{key}");
    }
}
