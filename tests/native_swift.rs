//! The iOS half of `generated/` through Swift's own tools: compiled, linked with the runtime, run.
//!
//! The tools are those that `cargo xtask setup-tests` installs; without them the tests say that they were skipped.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Mutex, MutexGuard, PoisonError},
};

use background_runner_tests::{cache_dir, cargo, or_skip, root, target_dir};
use walkdir::WalkDir;

const MODULE: &str = "CapacitorBackgroundRunner";

/// The version of Capacitor whose Swift sources the plugin is checked against, as the setup fetches it.
const CAPACITOR: &str = "capacitor-ios-8.5.2/package/Capacitor/Capacitor";

/// Capacitor's Swift sources that compile without an Apple SDK; the rest is in `stubs/Capacitor.swift`.
const CAPACITOR_SOURCES: [&str; 13] = [
    "Array+Capacitor.swift",
    "CAPBridgedPlugin+getMethod.swift",
    "CAPLog.swift",
    "CAPPluginCall.swift",
    "CAPPluginMethod.swift",
    "CapacitorExtension.swift",
    "Codable/JSValueDecoder.swift",
    "Codable/JSValueEncoder.swift",
    "Data+Capacitor.swift",
    "JSTypes.swift",
    "KeyPath.swift",
    "PluginCallResult.swift",
    "PluginConfig.swift",
];

/// Swift's tools, and a folder to use them in. One test at a time: they need the memory.
struct Swift {
    enter: PathBuf,
    folder: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

impl Swift {
    /// The tools with a folder of that name, kept from run to run so that little is compiled again.
    fn new(name: &str) -> Result<Self, String> {
        static TURN: Mutex<()> = Mutex::new(());
        let debian = cache_dir().join("debian-trixie");
        let installed = fs::read_to_string(debian.join("installed")).unwrap_or_default();
        if !installed.lines().any(|package| package == "swiftlang") {
            return Err("Swift is not installed: run `cargo xtask setup-tests`".into());
        }
        let folder = target_dir().join("native-swift").join(name);
        fs::create_dir_all(&folder).expect("the target folder is writable");
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Self { enter: debian.join("enter"), folder, _turn: turn })
    }

    /// Runs a command in the folder.
    fn run(&self, command: &[&str]) -> Output {
        let mut process = Command::new(&self.enter);
        process.arg(&self.folder).args(command).output().expect("the Debian can be entered")
    }

    /// Runs a command that must succeed, and gives what it printed.
    fn expect(&self, command: &[&str]) -> String {
        let output = self.run(command);
        let said = said(&output);
        assert!(output.status.success(), "`{}` failed:\n{said}", command.join(" "));
        said
    }

    /// Makes a folder hold what another one holds. What is the same keeps its time stamp.
    fn place(&self, from: &Path, to: &str) {
        let to = self.folder.join(to);
        let mut wanted = BTreeSet::new();
        for entry in WalkDir::new(from) {
            let path = entry.expect("it can be listed").into_path();
            if path.is_file() {
                let target = to.join(path.strip_prefix(from).expect("it is below"));
                write(&target, &fs::read(&path).expect("it can be read"));
                wanted.insert(target);
            }
        }
        for entry in WalkDir::new(&to) {
            let path = entry.expect("it can be listed").into_path();
            if path.is_file() && !wanted.contains(&path) {
                fs::remove_file(path).expect("it can be removed");
            }
        }
    }
}

/// Writes a file unless it is so already.
fn write(path: &Path, bytes: &[u8]) {
    if fs::read(path).is_ok_and(|present| present == bytes) {
        return;
    }
    fs::create_dir_all(path.parent().expect("it is in a folder")).expect("it can be made");
    fs::write(path, bytes).expect("it can be written");
}

fn said(output: &Output) -> String {
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}

fn sources(folder: &str) -> PathBuf {
    root().join("tests/native/swift").join(folder)
}

/// The runtime's header as a module of Swift.
fn place_header(swift: &Swift, more: &str) {
    let header = fs::read(root().join("runtime/include/runner.h")).expect("the header is there");
    write(&swift.folder.join("native/runner.h"), &header);
    let map = format!("module {MODULE}Native {{ header \"runner.h\" {more} export * }}\n");
    write(&swift.folder.join("native/module.modulemap"), map.as_bytes());
}

#[test]
fn core_runs_with_the_real_runtime() {
    let swift = or_skip!(Swift::new("core"));
    cargo(&[
        "rustc",
        "--quiet",
        "--package",
        "background-runner-runtime",
        "--crate-type",
        "staticlib",
    ]);
    let library = fs::read(target_dir().join("debug/libbackground_runner.a")).expect("it is built");
    write(&swift.folder.join("native/libbackground_runner.a"), &library);
    place_header(&swift, "link \"background_runner\"");
    swift.place(&root().join("generated/ios/Sources"), "ios/Sources");
    swift.place(&sources("CoreTests"), "CoreTests");
    let package = fs::read(sources("Package.swift")).expect("it is there");
    write(&swift.folder.join("Package.swift"), &package);
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
fn place_plugin(swift: &Swift) -> Result<(), String> {
    let capacitor = cache_dir().join(CAPACITOR);
    for name in CAPACITOR_SOURCES {
        let text = fs::read_to_string(capacitor.join(name))
            .map_err(|_| "Capacitor's sources are not there: run `cargo xtask setup-tests`")?;
        // Two declarations lean on the Objective-C class of NSObject, which Linux does not have.
        let text = text
            .replace(
                "protocol BridgedJSValueContainer: NSObjectProtocol",
                "protocol BridgedJSValueContainer: AnyObject",
            )
            .replace("@objc protocol BridgedJSValueContainer", "protocol BridgedJSValueContainer")
            .replace(
                "@objc public protocol BridgedJSValueContainer",
                "public protocol BridgedJSValueContainer",
            )
            .replace("@objc extension CAPPluginCall: Bridged", "extension CAPPluginCall: Bridged");
        let file = Path::new(name).file_name().expect("it is a file");
        write(&swift.folder.join("capacitor").join(file), text.as_bytes());
    }
    place_header(swift, "");
    swift.place(&sources("stubs"), "stubs");
    swift.place(&root().join("generated/ios/Sources"), "ios/Sources");
    let check = fs::read(sources("check-plugin.sh")).expect("it is there");
    write(&swift.folder.join("check-plugin.sh"), &check);
    Ok(())
}

/// Type-checks the plugin target; the modules are names of our own.
fn check_plugin(swift: &Swift) -> Output {
    let (core, launch) = (format!("{MODULE}Core"), format!("{MODULE}Launch"));
    swift.run(&["sh", "check-plugin.sh", &core, MODULE, &launch])
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
        ("NotificationListener.swift", "weak var next", "weak var following"),
    ];
    for (file, right, wrong) in faults {
        let path = swift.folder.join("ios/Sources").join(MODULE).join(file);
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
        write(&swift.folder.join(path), text.as_bytes());
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
    write(&swift.folder.join("format.json"), &settings);
    let lint = ["swift-format", "lint", "--strict", "--configuration", "format.json", "-r", "ios"];
    let said = swift.expect(&lint);
    assert_eq!(said.trim(), "");
}

#[test]
fn an_app_resolves_the_package() {
    let swift = or_skip!(Swift::new("package"));
    swift.place(&root().join("generated/ios"), "plugin/ios");
    let package = fs::read(root().join("generated/Package.swift")).expect("it is generated");
    write(&swift.folder.join("plugin/Package.swift"), &package);
    let check = fs::read(sources("check-package.sh")).expect("it is there");
    write(&swift.folder.join("check-package.sh"), &check);
    let said = swift.expect(&["sh", "check-package.sh", MODULE]);
    for target in ["", "Core", "Launch", "Native"] {
        assert!(said.contains(&format!("\"name\" : \"{MODULE}{target}\"")), "{target}: {said}");
    }
    assert!(said.contains("capacitor-swift-pm"), "{said}");
}
