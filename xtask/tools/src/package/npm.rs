//! `cargo xtask package-npm`: the one file that an app installs.

use std::{
    collections::BTreeMap,
    env,
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, GzBuilder};
use miette::{IntoDiagnostic as _, Result, miette};
use serde_json::Value;
use tar::{Builder, Header};
use xshell::{Shell, cmd};

use super::{
    Options, UNSHIPPABLE,
    provider::LIBRARY,
    target::{Platform, TARGETS, Target},
    typescript,
    verify::{self, Expected},
    wasm,
    xcframework::{PLIST, slices},
    zip,
};
use crate::setup::debian::silent;

/// Packs what there is, for tests on machines that cannot build everything.
pub(super) const INCOMPLETE: &str = "--incomplete";

/// The date that npm gives to every file: packages are the same whenever they were made.
const DATE: u64 = 499_162_500;

/// The XCFramework in a package's folder, where `Package.swift` and the podspec name it.
pub(super) fn framework(package: &Path, module: &str) -> PathBuf {
    package.join("ios").join(format!("{module}.xcframework"))
}

/// The shared libraries in a package's folder, where Gradle looks for them.
pub(super) fn jni_libs(package: &Path) -> PathBuf {
    package.join("android/src/main/jniLibs")
}

/// Packs the package, and checks what came out.
pub(super) fn run(sh: &Shell, options: &Options) -> Result<()> {
    let root = crate::root();
    let complete = !options.rest.iter().any(|argument| argument == INCOMPLETE);
    let binaries = options.binaries();
    let package = Package::collect(sh, root, &binaries)?;
    if options.dry_run {
        for name in package.files.keys() {
            println!("{name}");
        }
        return Ok(());
    }
    if complete && let Some(missing) = package.missing.first() {
        return Err(miette!(
            help = format!(
                "run `cargo xtask package-ios`, `package-android` and `package-wasm`, or pack what there is with `{INCOMPLETE}`"
            ),
            "{} files of the package are missing, the first is `{missing}`",
            package.missing.len()
        ));
    }
    if complete && !package.translated {
        return Err(miette!(
            help = format!(
                "`cargo xtask generate --check --translated` says what; `{INCOMPLETE}` packs all the same"
            ),
            "the documentation is not translated as it is now"
        ));
    }
    let folder = super::places(root.to_path_buf())?.target.join("npm");
    fs::create_dir_all(&folder).into_diagnostic()?;
    let suffix = if complete { "" } else { UNSHIPPABLE };
    let path = folder.join(format!("{}{suffix}.tgz", package.name));
    package.write(&path)?;
    println!("{}  {}", zip::sum(&fs::read(&path).into_diagnostic()?), path.display());
    verify::accept(sh, &path, &Expected::Npm(binaries))
}

/// The content of the package.
pub(super) struct Package {
    /// `capacitor-background-runner-4.0.0`, as npm calls the file.
    name: String,
    /// By path within the package.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// What it should have and has not.
    pub(super) missing: Vec<String>,
    /// Whether its documentation is in every language what it is in English.
    translated: bool,
}

impl Package {
    /// What the schema generates, what is compiled of it, and the libraries below `binaries`.
    pub(super) fn collect(sh: &Shell, root: &Path, binaries: &Path) -> Result<Self> {
        let (generated, translated) = generated(sh, root)?;
        let plugin: Value = serde_json::from_str(&generated["package.json"]).into_diagnostic()?;
        let text = |key: &str| plugin[key].as_str().unwrap_or_default();
        let name = text("name").trim_start_matches('@').replace('/', "-");
        let mut files: BTreeMap<_, _> = generated
            .iter()
            .filter(|(path, _)| is_shipped(path, &plugin))
            .map(|(path, text)| (path.clone(), text.clone().into_bytes()))
            .collect();
        files.extend(typescript::build(sh, &crate::setup::cache()?, &generated)?);
        let mut missing = Vec::new();
        for path in built(&super::module(root)?) {
            match fs::read(binaries.join(&path)) {
                Ok(bytes) => drop(files.insert(path, bytes)),
                Err(_) => missing.push(path),
            }
        }
        let name = format!("{name}-{}", text("version"));
        Ok(Self { name, files, missing, translated })
    }

    /// Writes it as npm does: a gzipped tar, always the same bytes.
    fn write(&self, path: &Path) -> Result<()> {
        let gzip = GzBuilder::new().operating_system(255);
        let gzip = gzip.write(File::create(path).into_diagnostic()?, Compression::best());
        let mut tar = Builder::new(gzip);
        for (name, bytes) in &self.files {
            let mut header = Header::new_ustar();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            header.set_mtime(DATE);
            tar.append_data(&mut header, format!("package/{name}"), bytes.as_slice())
                .into_diagnostic()?;
        }
        let gzip = tar.into_inner().into_diagnostic()?;
        gzip.finish().into_diagnostic()?.flush().into_diagnostic()
    }
}

/// The files that the schema generates now, by path, whatever stands in `generated/`, and whether
/// all of them are translated: the command line that stands beside this program says so.
fn generated(sh: &Shell, root: &Path) -> Result<(BTreeMap<String, String>, bool)> {
    let program = env::current_exe().into_diagnostic()?.with_file_name("background-runner");
    if !program.exists() {
        return Err(miette!(
            help = "run `cargo build --package background-runner-cli`",
            "`{}` is not built",
            program.display()
        ));
    }
    let folder = tempfile::tempdir().into_diagnostic()?;
    let (schema, output) = (root.join("schema"), folder.path());
    let generate = || cmd!(sh, "{program} generate --schema {schema} --output {output}");
    silent(generate())?;
    let translated = silent(generate().args(["--check", "--translated"])).is_ok();
    let mut files = BTreeMap::new();
    for path in zip::files(output)? {
        let name = path.strip_prefix(output).into_diagnostic()?.display().to_string();
        files.insert(name, fs::read_to_string(path).into_diagnostic()?);
    }
    Ok((files, translated))
}

/// Whether a generated file belongs in the package: npm always takes some, `files` lists the others.
fn is_shipped(path: &str, plugin: &Value) -> bool {
    let always = ["package.json", "README", "LICENSE"].iter().any(|name| path.starts_with(name));
    let listed = plugin["files"].as_array().into_iter().flatten().filter_map(Value::as_str);
    always
        || listed
            .into_iter()
            .any(|entry| path == entry || entry.ends_with('/') && path.starts_with(entry))
}

/// The binaries of a complete package.
fn built(module: &str) -> Vec<String> {
    let targets: Vec<&'static Target> = TARGETS.iter().collect();
    let framework = framework(Path::new(""), module);
    let mut paths = vec![framework.join(PLIST)];
    for slice in slices(&targets) {
        let headers = framework.join(&slice.name).join("Headers").join(module);
        paths.extend([headers.join("module.modulemap"), headers.join("runner.h")]);
    }
    let mut paths: Vec<_> = paths.into_iter().map(|path| path.display().to_string()).collect();
    paths.extend(TARGETS.iter().filter_map(|target| library(target, module)));
    paths.push(wasm::DEVICE.to_owned());
    paths.sort();
    paths.dedup();
    paths
}

/// The file of a package that holds the library of a target; none holds Linux's.
pub(super) fn library(target: &'static Target, module: &str) -> Option<String> {
    let path = match target.platform {
        Platform::Linux => return None,
        Platform::Wasm => PathBuf::from(wasm::PACKED),
        Platform::Android => {
            jni_libs(Path::new("")).join(target.arch).join(format!("{LIBRARY}.so"))
        }
        Platform::Ios | Platform::Simulator => {
            let slices = slices(&TARGETS.iter().collect::<Vec<_>>());
            let slice = slices.into_iter().find(|slice| slice.targets.contains(&target))?;
            framework(Path::new(""), module).join(slice.name).join(format!("lib{module}.a"))
        }
    };
    Some(path.display().to_string())
}
