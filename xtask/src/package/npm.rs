//! `cargo xtask package-npm`: the one file that an app installs.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, GzBuilder};
use miette::{IntoDiagnostic as _, Result, miette};
use tar::{Builder, Header};

use super::{
    Options, UNSHIPPABLE,
    provider::LIBRARY,
    target::{Platform, TARGETS, Target},
    verify::{self, Expected},
    xcframework::{PLIST, slices},
    zip,
};

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
pub(super) fn run(options: &Options) -> Result<()> {
    let root = crate::root();
    let complete = !options.rest.iter().any(|argument| argument == INCOMPLETE);
    let package = Package::collect(root)?;
    if options.dry_run {
        print!("{}", package.files.keys().map(|name| format!("{name}\n")).collect::<String>());
        return Ok(());
    }
    if complete && let Some(missing) = package.missing.first() {
        return Err(miette!(
            help = format!(
                "run `cargo xtask package-ios`, `cargo xtask package-android` and `npm run build`, or pack what there is with `{INCOMPLETE}`"
            ),
            "{} files of the package are missing, the first is `{missing}`",
            package.missing.len()
        ));
    }
    let folder = super::places(root.to_path_buf())?.target.join("npm");
    fs::create_dir_all(&folder).into_diagnostic()?;
    let suffix = if complete { "" } else { UNSHIPPABLE };
    let path = folder.join(format!("{}{suffix}.tgz", package.name));
    package.write(&path)?;
    println!("{}  {}", zip::sum(&fs::read(&path).into_diagnostic()?), path.display());
    verify::accept(&path, &Expected::Npm)
}

/// The content of the package.
pub(super) struct Package {
    /// `capacitor-background-runner-4.0.0`, as npm calls the file.
    name: String,
    /// By path within the package.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// What it should have and has not.
    pub(super) missing: Vec<String>,
}

impl Package {
    /// What the schema generates, what is built of it, and the binaries.
    pub(super) fn collect(root: &Path) -> Result<Self> {
        let schema = codegen::project::read_schema(&root.join("schema"))?;
        let generated = codegen::generate(&schema)?;
        let plugin =
            generated.get("package.json").ok_or_else(|| miette!("there is no `package.json`"))?;
        let plugin: serde_json::Value = serde_json::from_str(plugin).into_diagnostic()?;
        let text = |key: &str| plugin[key].as_str().unwrap_or_default().to_owned();
        let name = format!(
            "{}-{}",
            text("name").trim_start_matches('@').replace('/', "-"),
            text("version")
        );
        let shipped = |path: &str| !UNSHIPPED.iter().any(|part| path.starts_with(part));
        let mut files: BTreeMap<_, _> = generated
            .iter()
            .filter(|(path, _)| shipped(path))
            .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
            .collect();
        let mut missing = Vec::new();
        for path in built(&super::module(root)?).into_iter().chain(compiled(&plugin)) {
            match fs::read(root.join("generated").join(&path)) {
                Ok(bytes) => drop(files.insert(path, bytes)),
                Err(_) => missing.push(path),
            }
        }
        Ok(Self { name, files, missing })
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

/// What is generated for this repository, and not for apps.
const UNSHIPPED: [&str; 3] = ["rust/", ".generated", ".gitignore"];

/// The binaries of a complete package.
fn built(module: &str) -> Vec<String> {
    let targets: Vec<&'static Target> = TARGETS.iter().collect();
    let framework = framework(Path::new(""), module);
    let mut paths = vec![framework.join(PLIST)];
    for slice in slices(&targets) {
        let at = framework.join(&slice.name);
        let headers = at.join("Headers").join(module);
        paths.extend([
            at.join(format!("lib{module}.a")),
            headers.join("module.modulemap"),
            headers.join("runner.h"),
        ]);
    }
    let android = targets.iter().filter(|target| target.platform == Platform::Android);
    let jni_libs = jni_libs(Path::new(""));
    paths.extend(android.map(|target| jni_libs.join(target.arch).join(format!("{LIBRARY}.so"))));
    paths.into_iter().map(|path| path.display().to_string()).collect()
}

/// What the package's own build makes of its TypeScript, as far as `package.json` names it.
fn compiled(plugin: &serde_json::Value) -> Vec<String> {
    let keys = ["main", "module", "types", "unpkg"];
    let mut paths: Vec<String> = keys
        .iter()
        .filter_map(|key| plugin[key].as_str())
        .map(|path| path.trim_start_matches("./").to_owned())
        .filter(|path| path.starts_with("dist/"))
        .collect();
    paths.sort();
    paths.dedup();
    paths
}
