//! Whether a result is what an app may link: the same questions whoever built it.

mod elf;
mod macho;
mod npm;
mod wasm;
mod xcframework;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    path::{Path, PathBuf},
};

use miette::{Context as _, IntoDiagnostic as _, Result, miette};
use xshell::Shell;

use super::{
    exports,
    provider::{Floors, floors},
    target::{Platform, TARGETS, Target},
};

/// What a path is supposed to hold.
#[derive(Debug, Clone)]
pub(crate) enum Expected {
    /// An XCFramework with these targets.
    XcFramework(Vec<&'static Target>),
    /// A static library for one of Apple's.
    Archive(&'static Target),
    /// A shared library.
    Library(&'static Target),
    /// A folder of shared libraries, one below each Android processor's name.
    JniLibs(Vec<&'static Target>),
    /// An npm package with the libraries of this folder.
    Npm(PathBuf),
    /// The WebAssembly module.
    Module,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |targets: &[&Target]| {
            targets.iter().map(|target| target.triple).collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::XcFramework(targets) => write!(f, "an XCFramework for {}", list(targets)),
            Self::Archive(target) => write!(f, "a static library for {target}"),
            Self::Library(target) => write!(f, "a shared library for {target}"),
            Self::JniLibs(targets) => write!(f, "shared libraries for {}", list(targets)),
            Self::Npm(_) => f.write_str("the npm package"),
            Self::Module => f.write_str("the WebAssembly module"),
        }
    }
}

/// What the repository says about every library.
struct Rules {
    floors: Floors,
    /// The functions of `runtime/include/runner.h`.
    interface: Vec<String>,
    /// What the Java side calls, beside the interface.
    jni: Vec<String>,
}

impl Rules {
    fn load() -> Result<Self> {
        let root = crate::root();
        let (interface, jni) = (exports::interface(root)?, exports::jni(root)?);
        Ok(Self { floors: floors(root)?, interface, jni })
    }

    /// The names that a library for `platform` shows, as C writes them.
    fn exports(&self, platform: Platform) -> BTreeSet<&str> {
        let jni = if platform == Platform::Android { self.jni.as_slice() } else { &[] };
        self.interface.iter().chain(jni).map(String::as_str).collect()
    }
}

/// What a library may use of its system, and whether it has to do without where it is missing.
fn imports(platform: Platform) -> BTreeMap<&'static str, bool> {
    let list = match platform {
        Platform::Ios | Platform::Simulator => include_str!("imports/ios.txt"),
        Platform::Android => include_str!("imports/android.txt"),
        Platform::Linux => include_str!("imports/linux.txt"),
        Platform::Wasm => "",
    };
    let lines = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| line.strip_suffix(" weak").map_or((line, false), |name| (name, true)))
        .collect()
}

/// The names that Android's libraries have to offer.
pub(super) fn android_imports() -> Vec<&'static str> {
    imports(Platform::Android).into_keys().collect()
}

/// What was found: facts for the reader, and complaints, of which a good result has none.
#[derive(Default)]
struct Findings {
    facts: Vec<String>,
    complaints: Vec<String>,
}

impl Findings {
    fn fact(&mut self, fact: impl Into<String>) {
        self.facts.push(fact.into());
    }

    /// Complains unless `good`.
    fn require(&mut self, good: bool, complaint: impl FnOnce() -> String) {
        if !good {
            self.complaints.push(complaint());
        }
    }

    /// Complains about what is in one set and not in the other.
    fn same(&mut self, found: &BTreeSet<&str>, wanted: &BTreeSet<&str>, what: &str) {
        let list = |names: Vec<&&str>| {
            names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        };
        let (extra, missing) =
            (list(found.difference(wanted).collect()), list(wanted.difference(found).collect()));
        self.require(extra.is_empty(), || format!("{what} more than it should: {extra}"));
        self.require(missing.is_empty(), || format!("{what} less than it should: {missing}"));
    }

    /// Complains about what is used and not allowed; `weak` is used where it is there.
    fn allowed(&mut self, used: &BTreeSet<&str>, weak: &BTreeSet<&str>, platform: Platform) {
        let allowed = imports(platform);
        let others: Vec<_> = used
            .iter()
            .filter(|name| allowed.get(*name).is_none_or(|rare| *rare && !weak.contains(*name)))
            .map(|name| format!("`{name}`"))
            .collect();
        self.require(others.is_empty(), || {
            format!("it imports what the list of imports does not allow: {}", others.join(", "))
        });
    }

    /// Everything about one part of a result, under its name.
    fn part(&mut self, name: &str, part: impl FnOnce(&mut Self) -> Result<()>) {
        let mut inner = Self::default();
        if let Err(error) = part(&mut inner) {
            inner.complaints.push(format!("{error}"));
        }
        self.facts.extend(inner.facts.into_iter().map(|fact| format!("{name}: {fact}")));
        self.complaints.extend(inner.complaints.into_iter().map(|it| format!("{name}: {it}")));
    }
}

/// Checks `path`, prints the facts, and fails with every complaint.
pub(crate) fn accept(sh: &Shell, path: &Path, expected: &Expected) -> Result<()> {
    let mut findings = Findings::default();
    check(sh, path, expected, &mut findings)?;
    for fact in &findings.facts {
        println!("{fact}");
    }
    match findings.complaints.as_slice() {
        [] => Ok(()),
        complaints => Err(miette!(
            "`{}` is not {expected}:\n{}",
            path.display(),
            complaints.iter().map(|it| format!("- {it}\n")).collect::<Vec<_>>().concat()
        )),
    }
}

fn check(sh: &Shell, path: &Path, expected: &Expected, findings: &mut Findings) -> Result<()> {
    let rules = &Rules::load()?;
    match expected {
        Expected::XcFramework(targets) => xcframework::check(path, targets, rules, findings),
        Expected::Archive(target) => macho::check(&read(path)?, &[target], rules, findings),
        Expected::Library(target) => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            elf::check(&read(path)?, &name, target, rules, findings)
        }
        Expected::JniLibs(targets) => jni_libs(path, targets, rules, findings),
        Expected::Npm(binaries) => npm::check(sh, &read(path)?, binaries, rules, findings),
        Expected::Module => wasm::check(sh, &read(path)?, path, findings),
    }
}

/// A folder for each processor, with one library in it, and no other folder.
fn jni_libs(
    path: &Path,
    targets: &[&'static Target],
    rules: &Rules,
    findings: &mut Findings,
) -> Result<()> {
    let found = names(path)?;
    let wanted = targets.iter().map(|target| target.arch).collect();
    findings.same(&found.iter().map(String::as_str).collect(), &wanted, "it has processors");
    for target in targets.iter().filter(|target| found.contains(target.arch)) {
        for name in names(&path.join(target.arch))? {
            let library = path.join(target.arch).join(&name);
            findings.part(&format!("{}/{name}", target.arch), |findings| {
                elf::check(&read(&library)?, &name, target, rules, findings)
            });
        }
    }
    Ok(())
}

/// `cargo xtask verify PATH...`: recognizes what each path is, and checks it.
pub(crate) fn run(
    sh: &Shell,
    paths: &[String],
    targets: &[&'static Target],
    binaries: &Path,
) -> Result<()> {
    if paths.is_empty() {
        return Err(miette!("name what is to be verified: `cargo xtask verify PATH...`"));
    }
    for path in paths {
        let path = Path::new(path);
        let expected = recognize(path, targets, binaries)?;
        accept(sh, path, &expected)?;
        println!("`{}` is {expected}", path.display());
    }
    Ok(())
}

/// What a path claims to be.
fn recognize(path: &Path, targets: &[&'static Target], binaries: &Path) -> Result<Expected> {
    let of = |platforms: &[Platform]| -> Vec<&'static Target> {
        targets.iter().copied().filter(|target| platforms.contains(&target.platform)).collect()
    };
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    match &*extension {
        "xcframework" => Ok(Expected::XcFramework(of(&[Platform::Ios, Platform::Simulator]))),
        "tgz" => Ok(Expected::Npm(binaries.to_owned())),
        "wasm" => Ok(Expected::Module),
        "a" => macho::target(&read(path)?).map(Expected::Archive),
        "so" => elf::target(&read(path)?).map(Expected::Library),
        _ if path.is_dir() => Ok(Expected::JniLibs(of(&[Platform::Android]))),
        _ => Err(miette!(
            help = "it can be an `.xcframework`, a folder of `.so` files by processor, an `.a`, an `.so`, a `.wasm` or a `.tgz`",
            "`{}` is nothing that can be verified",
            path.display()
        )),
    }
}

/// The target with these properties.
fn find(wanted: impl Fn(&Target) -> bool) -> Result<&'static Target> {
    TARGETS
        .iter()
        .find(|target| wanted(target))
        .ok_or_else(|| miette!("it is for no system that the runtime is built for"))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).into_diagnostic().wrap_err_with(|| format!("`{}`", path.display()))
}

/// The names in a folder.
fn names(path: &Path) -> Result<BTreeSet<String>> {
    let entries = fs::read_dir(path).into_diagnostic();
    let entries = entries.wrap_err_with(|| format!("`{}`", path.display()))?;
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    names.collect::<std::io::Result<_>>().into_diagnostic()
}

/// A number of bytes, for people.
pub(super) fn bytes(number: usize) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group));
    groups.collect::<Vec<_>>().join(",")
}
