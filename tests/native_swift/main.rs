//! The iOS half of `generated/` through Swift's own tools: compiled, linked with the runtime, run.
//!
//! The tools are those that `cargo xtask setup-tests` installs; without them the tests say that they were skipped.

mod app;
mod tools;

use std::{fs, process::Output};

use background_runner_tests::{or_skip, root, said};
use walkdir::WalkDir;

use self::tools::{
    MODULE, Swift, place_capacitor, place_header, place_runtime, place_script, sources,
};

#[test]
fn core_runs_with_the_real_runtime() {
    let swift = or_skip!(Swift::new("core"));
    place_runtime(&swift);
    place_header(&swift, "link \"background_runner\"");
    swift.place(&root().join("generated/ios/Sources"), "ios/Sources");
    swift.place(&sources("CoreTests"), "CoreTests");
    let package = fs::read(sources("Package.swift")).expect("it is there");
    swift.write("Package.swift", &package);
    let said = swift.expect(&["swift", "test", "-j", "2"]);
    let tests = WalkDir::new(sources("CoreTests")).into_iter().filter_map(Result::ok);
    let tests: usize = tests
        .filter_map(|entry| fs::read_to_string(entry.path()).ok())
        .map(|text| text.matches("    func test").count())
        .sum();
    let summary = format!("Executed {tests} tests, with 0 failures");
    assert!(said.contains(&summary), "no `{summary}` in:\n{said}");
}

/// Everything that the type check of the plugin needs.
fn place_plugin(swift: &Swift) -> Result<(), &'static str> {
    place_capacitor(swift, |text| {
        // Two declarations lean on the Objective-C class of NSObject, which Linux does not have.
        text.replace(
            "protocol BridgedJSValueContainer: NSObjectProtocol",
            "protocol BridgedJSValueContainer: AnyObject",
        )
        .replace("@objc protocol BridgedJSValueContainer", "protocol BridgedJSValueContainer")
        .replace(
            "@objc public protocol BridgedJSValueContainer",
            "public protocol BridgedJSValueContainer",
        )
        .replace("@objc extension CAPPluginCall: Bridged", "extension CAPPluginCall: Bridged")
    })?;
    place_header(swift, "");
    swift.place(&sources("stubs"), "stubs");
    swift.place(&root().join("generated/ios/Sources"), "ios/Sources");
    place_script(swift, "check-plugin.sh");
    Ok(())
}

/// Type-checks the plugin target; the modules are names of our own.
fn check_plugin(swift: &Swift) -> Output {
    let [core, launch, location] =
        ["Core", "Launch", "Location"].map(|part| format!("{MODULE}{part}"));
    swift.run(&["sh", "check-plugin.sh", &core, MODULE, &launch, &location])
}

#[test]
fn the_plugin_type_checks_against_capacitor() {
    let swift = or_skip!(Swift::new("plugin"));
    or_skip!(place_plugin(&swift));
    let output = check_plugin(&swift);
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("warning:"), "{said}");

    // The check is one: each of these faults is found.
    let faults = [
        ("BackgroundRunnerPlugin.swift", "@objc func kvGet(", "@objc func kvGot("),
        ("AppCalls.swift", "func kvKeys(", "func kvKey("),
        (
            "SystemTasks.swift",
            "setTaskCompleted(success: success)",
            "setTaskCompleted(succeeded: success)",
        ),
        ("Watch.swift", "func sessionDidDeactivate(", "func sessionDidDeactivated("),
        (
            "NotificationListener.swift",
            "previous.insert(WeakDelegate(delegate:",
            "previous.insert(WeakDelegate(following:",
        ),
    ];
    for (file, right, wrong) in faults {
        let path = swift.folder().join("ios/Sources").join(MODULE).join(file);
        let text = fs::read_to_string(&path).expect("it is there");
        assert!(text.contains(right), "{file} has no `{right}`");
        fs::write(&path, text.replacen(right, wrong, 1)).expect("it can be written");
        let output = check_plugin(&swift);
        fs::write(&path, text).expect("it can be written");
        assert!(!output.status.success(), "`{wrong}` in {file} is not found");
    }
}

/// An API of every type that a schema can name, with words of Swift for names.
const PROBE: &str = r"
/**
 * Tries the types.
 *
 * @since 4.0.0
 */
export interface CapacitorProbe {
  /**
   * Tries what goes in and out.
   *
   * @param options The options
   * @param where A word of Swift
   * @since 4.0.0
   */
  repeat(
    options: { in: string; 'two-words'?: number | null; list: string[]; when: Date; any: any },
    where?: 'a' | 'b',
  ): Promise<{ [key: string]: boolean } | null>;

  /**
   * Tries a property.
   *
   * @since 4.0.0
   */
  readonly count: number;
}
";

#[test]
fn a_new_api_needs_no_native_code() {
    let swift = or_skip!(Swift::new("probe"));
    or_skip!(place_plugin(&swift));
    let entries = fs::read_dir(root().join("schema")).expect("the schema is there");
    let files =
        entries.map(|entry| entry.expect("it can be listed").path()).filter(|path| path.is_file());
    let schema: codegen::Schema = files
        .map(|path| {
            let mut text = fs::read_to_string(&path).expect("it can be read");
            if path.ends_with("apis.ts") {
                text.push_str(PROBE);
            }
            (path.file_name().expect("it has a name").to_string_lossy().into_owned(), text)
        })
        .collect();
    let files = codegen::generate(&schema)
        .unwrap_or_else(|error| panic!("{:?}", miette::Report::new(error)));
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("ios/Sources/")) {
        swift.write(path, text.as_bytes());
    }
    let output = check_plugin(&swift);
    assert!(output.status.success(), "{}", said(&output));
    let device =
        files.get(&format!("ios/Sources/{MODULE}/AppDevice.swift")).expect("it is generated");
    assert!(device.contains("struct MissingCapacitorProbe: CapacitorProbe"), "{device}");
}

#[test]
fn generated_swift_is_as_its_formatter_writes_it() {
    let swift = or_skip!(Swift::new("format"));
    swift.place(&root().join("generated/ios"), "ios");
    let settings = fs::read(sources("format.json")).expect("they are there");
    swift.write("format.json", &settings);
    let lint = ["swift-format", "lint", "--strict", "--configuration", "format.json", "-r", "ios"];
    let said = swift.expect(&lint);
    assert_eq!(said.trim(), "");
}

#[test]
fn an_app_resolves_the_package() {
    let swift = or_skip!(Swift::new("package"));
    swift.place(&root().join("generated/ios"), "plugin/ios");
    let package = fs::read(root().join("generated/Package.swift")).expect("it is generated");
    swift.write("plugin/Package.swift", &package);
    let check = fs::read(sources("check-package.sh")).expect("it is there");
    swift.write("check-package.sh", &check);
    let said = swift.expect(&["sh", "check-package.sh", MODULE]);
    for target in ["", "Core", "Launch", "Location", "Native"] {
        assert!(said.contains(&format!("\"name\" : \"{MODULE}{target}\"")), "{target}: {said}");
    }
    assert!(said.contains("capacitor-swift-pm"), "{said}");
}
