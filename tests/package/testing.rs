//! The test library: what it promises in Node, and the example apps with the test runners that they are
//! for, each with the package as npm installs it.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use background_runner_tests::{
    background_runner, differs, npm_packages, or_skip, played, root, said,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::{
    npm::{Files, packed, unpack},
    real::{toolchain, wasm},
};

const PLUGIN: &str = "@capacitor/background-runner";

/// What is built beside the package's text, and stands there in it.
const BUILT: [&str; 2] = ["device.wasm", "module.mjs"];

/// Set to write what is printed into the page.
const UPDATE: &str = "UPDATE_DOCUMENTS";

/// The test runners that are installed on demand, since together they are large.
const ON_DEMAND: &str = "BACKGROUND_RUNNER_TEST_RUNNERS";

#[test]
fn a_runner_is_tested_with_data_for_a_device_and_a_clock_that_is_advanced() {
    let module = or_skip!(module());
    let app = App::with(&json!({ "esbuild": "^0.25.0", "typescript": "^5.9.3" }), &module);
    let app = or_skip!(app);
    let said = app.runs(&["node", "--test"], &root().join("tests/node/testing"));
    assert!(said.contains("# fail 0"), "{said}");
}

#[test]
fn what_the_page_shows_is_what_node_prints() {
    let module = or_skip!(module());
    let app = or_skip!(App::with(&json!({}), &module));
    let path = root().join("docs/testing.md");
    let written = fs::read_to_string(&path).expect("the page is there");
    let played = played(&written, app.folder.path(), |command| {
        let mut words: Vec<&str> = command.split(' ').skip(1).collect();
        words.insert(2, "--test-reporter=spec");
        let said = said(&app.command(&words).output().expect("Node can be started"));
        steady(&said.replace(&*app.folder.path().to_string_lossy(), "/app"))
    });
    if env::var_os(UPDATE).is_some() {
        fs::write(&path, &played).expect("it is writable");
    }
    if let Some(difference) = differs(&written, &played) {
        panic!("docs/testing.md {difference} (set {UPDATE}=1 to write it anew)");
    }
}

#[test]
fn the_first_test_that_init_writes_passes() {
    let module = or_skip!(module());
    for (tools, language) in [
        (json!({}), "--javascript"),
        (json!({ "esbuild": "^0.25.0" }), "--typescript"),
        (json!({ "esbuild": "^0.25.0", "vitest": "^4.0.0" }), "--typescript"),
    ] {
        let app = or_skip!(App::with(&tools, &module));
        let manifest = json!({ "name": "x", "devDependencies": tools }).to_string();
        write(&app.folder.path().join("package.json"), manifest.as_bytes());
        let init =
            app.command(&[&background_runner().to_string_lossy(), "init", language]).output();
        let said = said(&init.expect("the command line is built"));
        assert!(said.contains("wrote   runners/background.test."), "{said}");
        let output = app.command(&["npm", "run", "test:runner"]).output();
        let output = output.expect("npm can be started");
        assert!(output.status.success(), "{tools}: {}", self::said(&output));
    }
}

#[test]
fn the_library_is_no_part_of_what_phones_build() {
    let files = package();
    let own = ["package/testing/", "package/dist/testing."];
    let library: usize = files
        .iter()
        .filter(|(path, _)| own.iter().any(|part| path.starts_with(part)))
        .map(|(_, content)| content.len())
        .sum();
    assert!((10_000..120_000).contains(&library), "{library} bytes");
    // What Xcode and Gradle are told to build names neither it nor the module.
    let native = files.iter().filter(|(path, _)| {
        ["package/ios/", "package/android/", "package/Package.swift"]
            .iter()
            .any(|part| path.starts_with(part))
            || Path::new(path).extension().is_some_and(|extension| extension == "podspec")
    });
    let mut count = 0;
    for (path, content) in native {
        count += 1;
        let text = String::from_utf8_lossy(content).to_lowercase();
        let named = ["wasm/", "testing/", "background_runner.wasm"];
        assert!(!named.iter().any(|name| text.contains(name)), "`{path}` names it");
    }
    assert!(count > 50, "{count} files");
    let manifest: Value = serde_json::from_slice(&files["package/package.json"]).expect("JSON");
    let folders = json!({ "ios": { "src": "ios" }, "android": { "src": "android" } });
    assert_eq!(manifest["capacitor"], folders, "Capacitor takes nothing else");
}

#[test]
fn the_example_of_node_test_passes() {
    example("node-test", &["npm", "test"], "# pass 4");
}

#[test]
fn the_example_of_vitest_passes_and_shows_the_line_of_a_runner() {
    let Some(app) = example("vitest", &["npm", "test"], "4 passed") else { return };
    let runner = app.folder.path().join("runners/todos.ts");
    let text = fs::read_to_string(&runner).expect("it was copied");
    fs::write(&runner, text.replace("fresh.length > 0", "fresh.size() > 0")).expect("it is ours");
    let test = app.folder.path().join("test/todos.test.ts");
    let text = fs::read_to_string(&test).expect("it was copied");
    let throws = text.replace("const { value, host } = await runner.dispatch('syncTodos');", "const { host, ...ended } = await runner.dispatch('syncTodos'); const value = ended.orThrow();");
    fs::write(&test, throws).expect("it is ours");
    let output = app.command(&["npm", "test"]).output().expect("npm can be started");
    let said = said(&output);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("runners/todos.ts:11:"), "{said}");
}

#[test]
fn the_example_of_jest_passes() {
    if on_demand() {
        example("jest", &["npm", "test"], "4 passed");
    }
}

#[test]
fn the_example_of_bun_passes() {
    if on_demand() {
        example("bun", &["../node_modules/@oven/bun-linux-x64/bin/bun", "test"], "4 pass");
    }
}

#[test]
fn the_example_of_node_test_passes_in_deno_as_well() {
    if !on_demand() {
        return;
    }
    let module = or_skip!(module());
    let app = or_skip!(App::with(&json!({ "deno": "^2.9.0" }), &module));
    let deno = "../node_modules/@deno/linux-x64-glibc/deno";
    let words = [deno, "test", "--no-check", "--allow-read", "--allow-env"];
    let said = app.runs(&words, &root().join("examples/node-test"));
    assert!(said.contains("4 passed"), "{said}");
}

/// What Node's test runner prints, without what is of this machine: times, and the frames of Node and of
/// the library.
fn steady(text: &str) -> String {
    let is_own = |line: &&str| {
        let frame = line.trim_start().starts_with("at ");
        let summary =
            line.starts_with('ℹ') && !["ℹ pass", "ℹ fail"].iter().any(|it| line.starts_with(it));
        let of_others = frame && ["node:", "node_modules/"].iter().any(|it| line.contains(it));
        !(summary || of_others)
    };
    let timeless = |line: &str| match line.rsplit_once(" (") {
        Some((before, time)) if time.ends_with("ms)") => before.to_owned(),
        _ => line.to_owned(),
    };
    // What failed is told a second time at the end.
    let text = text.split("\n✖ failing tests:").next().unwrap_or_default().trim_end();
    text.lines().filter(is_own).map(|line| timeless(line) + "\n").collect()
}

/// Whether the test runners are wanted that are installed on demand.
fn on_demand() -> bool {
    let wanted = env::var_os(ON_DEMAND).is_some();
    if !wanted {
        println!("only with `{ON_DEMAND}`");
    }
    wanted
}

/// Runs the tests of an example, whose output has these words.
fn example(name: &str, command: &[&str], words: &str) -> Option<App> {
    let of = || -> Result<App, String> {
        let module = module()?;
        let folder = root().join("examples").join(name);
        let manifest = fs::read_to_string(folder.join("package.json")).expect("it is there");
        let manifest: Value = serde_json::from_str(&manifest).expect("it is JSON");
        let mut tools = manifest["devDependencies"].clone();
        let own = tools.as_object_mut().and_then(|tools| tools.remove(PLUGIN));
        assert!(own.is_some(), "the example uses the plugin");
        let app = App::with(&tools, &module)?;
        let said = app.runs(command, &folder);
        assert!(said.contains(words), "{said}");
        Ok(app)
    };
    match of() {
        Ok(app) => Some(app),
        Err(why) => {
            background_runner_tests::skipped(why);
            None
        }
    }
}

/// The built module.
fn module() -> Result<PathBuf, String> {
    Ok(wasm(&toolchain()?))
}

/// A folder in which the plugin and some tools are installed.
struct App {
    folder: TempDir,
}

impl App {
    fn with(tools: &Value, module: &Path) -> Result<Self, String> {
        let mut hasher = DefaultHasher::new();
        tools.to_string().hash(&mut hasher);
        let installed = npm_packages(&format!("testing-{:016x}", hasher.finish()), tools, &[])?;
        let folder = tempfile::tempdir_in(installed).expect("the cache folder can be written");
        let place = folder.path().join("node_modules").join(PLUGIN);
        for (path, content) in package() {
            write(&place.join(path.strip_prefix("package/").expect("npm's folder")), content);
        }
        for name in BUILT {
            let built = fs::read(module.with_file_name(name)).expect("it was built");
            write(&place.join("wasm").join(name), &built);
        }
        Ok(Self { folder })
    }

    fn command(&self, words: &[&str]) -> Command {
        let (program, arguments) = words.split_first().expect("there is a program");
        // Installed beside the folder, or found on the path.
        let beside = self.folder.path().join(program);
        let mut command = Command::new(if beside.exists() { beside } else { program.into() });
        command.args(arguments).current_dir(&self.folder).env("NO_COLOR", "1").env("CI", "1");
        command
    }

    /// Runs a command on the files of a folder, which are copied here, and gives what it printed.
    fn runs(&self, words: &[&str], files: &Path) -> String {
        for entry in WalkDir::new(files) {
            let path = entry.expect("it can be listed").into_path();
            if path.is_file() {
                let inside = path.strip_prefix(files).expect("it is inside");
                write(&self.folder.path().join(inside), &fs::read(&path).expect("it is readable"));
            }
        }
        let output = self.command(words).output().expect("the program can be started");
        let said = said(&output);
        assert!(output.status.success(), "{} failed:\n{said}", words.join(" "));
        println!("{said}");
        said
    }
}

fn write(path: &Path, content: &[u8]) {
    fs::create_dir_all(path.parent().expect("it is in a folder")).expect("folders can be made");
    fs::write(path, content).expect("it can be written");
}

/// The files of the package, as it is packed.
fn package() -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder can be made");
        unpack(&packed(folder.path()))
    })
}
