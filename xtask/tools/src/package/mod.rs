//! The runtime as apps link it: an XCFramework, shared libraries for Android, the npm package.

mod android;
mod archive;
mod exports;
mod fat;
pub(crate) mod features;
mod ios;
mod linux;
mod npm;
mod plan;
mod provider;
mod size;
mod target;
pub(crate) mod toolchain;
mod typescript;
mod verify;
mod wasm;
mod xcframework;
mod zip;

use std::{env, fs, path::PathBuf};

use miette::{Context as _, IntoDiagnostic as _, Result, miette};
use xshell::Shell;

use self::{
    plan::{Command, Plan},
    provider::{Floors, Places, Provider},
    target::{Platform, Target},
};

/// In the names of libraries that prove that the runtime compiles and links, and never leave this
/// machine: they were compiled with the headers of another C library.
pub(crate) const UNSHIPPABLE: &str = "-unshippable";

/// How to get the self-hosted toolchain.
const SELFHOST: &str = "run `cargo xtask setup-tests selfhost`";

/// What the command line asks for.
struct Request {
    places: Places,
    provider: Provider,
    floors: Floors,
    /// The module that Swift imports the C interface as.
    module: String,
    /// Arguments that choose the runtime's features.
    features: Vec<String>,
}

impl Request {
    /// Compiles the runtime. The folder of the workspace is told to the runtime's compiler alone: what
    /// it depends on, which is most of the work, is then the same for every checkout.
    fn build(&self, target: &Target, kind: &str) -> Command {
        let command = self.library(target, ("background-runner-runtime", kind));
        let command = command.args(self.features.iter().map(String::as_str));
        self.own(command)
    }

    /// Compiles the simulated device.
    fn build_device(&self, target: &Target) -> Command {
        self.own(self.library(target, ("background-runner-simulated", "cdylib")))
    }

    fn library(&self, target: &Target, library: (&str, &str)) -> Command {
        self.provider.build(&self.places, &self.floors, target, library)
    }

    fn own(&self, command: Command) -> Command {
        command.args(["--".to_owned(), provider::renamed(&self.places.root, ".")])
    }

    /// The folders of this machine, the innermost first, as plans print them.
    fn named_places(&self) -> Vec<(PathBuf, &'static str)> {
        let mut places = vec![(self.places.target.clone(), "target/package")];
        match &self.provider {
            Provider::Ndk(folder) => places.push((folder.clone(), "$ANDROID_NDK_HOME")),
            Provider::Selfhost(folder) => places.push((folder.clone(), "$SELFHOST")),
            Provider::Xcode => {}
        }
        places.push((self.places.cargo_home.clone(), "$CARGO_HOME"));
        places.push((self.places.root.clone(), "."));
        places
    }
}

/// The options that the commands share.
#[derive(Clone, Default)]
struct Options {
    dry_run: bool,
    toolchain: Option<String>,
    targets: Vec<String>,
    features: Vec<String>,
    /// Parts of the runtime that an app does without.
    without: Vec<String>,
    /// The folder whose libraries the npm package has, where it is not `generated/`.
    binaries: Option<PathBuf>,
    rest: Vec<String>,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || {
                let value = arguments.next().cloned();
                value.ok_or_else(|| miette!("`{argument}` needs a value"))
            };
            match argument.as_str() {
                "--dry-run" => options.dry_run = true,
                "--toolchain" => options.toolchain = Some(value()?),
                "--target" => options.targets.push(value()?),
                "--without" => options.without.push(value()?),
                "--binaries" => options.binaries = Some(value()?.into()),
                "--features" => options.features.extend([argument.clone(), value()?]),
                "--no-default-features" => options.features.push(argument.clone()),
                unknown if unknown.starts_with('-') && unknown != npm::INCOMPLETE => {
                    return Err(miette!(
                        help = "the options are `--dry-run`, `--toolchain NAME`, `--target TRIPLE`, `--without PART`, `--features LIST`, `--no-default-features` and, of the npm package, `--incomplete` and `--binaries FOLDER`",
                        "no option `{unknown}`"
                    ));
                }
                _ => options.rest.push(argument.clone()),
            }
        }
        Ok(options)
    }

    /// Everything that a plan needs to know.
    fn request(&self, sh: &Shell, platform: Platform) -> Result<Request> {
        let root = crate::root().to_path_buf();
        let cache = crate::setup::cache()?;
        let toolchain = self.toolchain.as_deref();
        Ok(Request {
            provider: Provider::find(sh, toolchain, platform, &cache, self.dry_run)?,
            floors: provider::floors(&root)?,
            module: module(&root)?,
            features: [features::without(&root, &self.without)?, self.features.clone()].concat(),
            places: places(root)?,
        })
    }

    /// Where the libraries of the npm package are.
    fn binaries(&self) -> PathBuf {
        self.binaries.clone().unwrap_or_else(|| crate::root().join("generated"))
    }

    /// Prints a plan, or carries it out.
    fn finish(&self, sh: &Shell, plan: &Plan) -> Result<()> {
        if self.dry_run {
            print!("{plan}");
            return Ok(());
        }
        plan::run(sh, plan)
    }
}

/// Where things are.
fn places(root: PathBuf) -> Result<Places> {
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")));
    let cargo_home = home.ok_or_else(|| miette!("neither `CARGO_HOME` nor `HOME` is set"))?;
    Ok(Places { root, cargo_home, target: crate::target_dir().join("package") })
}

/// The module that Swift imports the C interface as: every plugin's is its own.
fn module(root: &std::path::Path) -> Result<String> {
    let plugin = fs::read_to_string(root.join("schema/plugin.json")).into_diagnostic()?;
    let plugin: serde_json::Value = serde_json::from_str(&plugin).into_diagnostic()?;
    let module = plugin["swiftModule"].as_str();
    module
        .map(|module| format!("{module}Native"))
        .wrap_err("`schema/plugin.json` does not name the Swift module")
}

/// `cargo xtask package-ios`.
pub(crate) fn ios(sh: &Shell, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let targets = target::select(&ios::PLATFORMS, &options.targets)?;
    options.finish(sh, &ios::plan(&options.request(sh, Platform::Ios)?, &targets)?)
}

/// `cargo xtask package-android`.
pub(crate) fn android(sh: &Shell, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let targets = target::select(&[Platform::Android], &options.targets)?;
    options.finish(sh, &android::plan(&options.request(sh, Platform::Android)?, &targets)?)
}

/// `cargo xtask package-linux`.
pub(crate) fn linux(sh: &Shell, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let targets = target::select(&[Platform::Linux], &options.targets)?;
    options.finish(sh, &linux::plan(&options.request(sh, Platform::Linux)?, &targets))
}

/// `cargo xtask package-wasm`.
pub(crate) fn wasm(sh: &Shell, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let targets = target::select(&[Platform::Wasm], &options.targets)?;
    options.finish(sh, &wasm::plan(&options.request(sh, Platform::Wasm)?, &targets))
}

/// `cargo xtask package-npm`.
pub(crate) fn npm(sh: &Shell, arguments: &[String]) -> Result<()> {
    npm::run(sh, &Options::parse(arguments)?)
}

/// `cargo xtask size`.
pub(crate) fn size(sh: &Shell, arguments: &[String]) -> Result<()> {
    size::run(sh, &Options::parse(arguments)?)
}

/// For each kind of phone, and for emulators: the target, and the bytes that the runtime with
/// everything adds to an app, as [`size()`] measures them.
pub(crate) fn sizes(sh: &Shell) -> Vec<(&'static str, Result<u64>)> {
    let measure = |name| -> Result<u64> {
        let targets = target::select(&size::PLATFORMS, &[str::to_owned(name)])?;
        let measure = |target| Ok(size::measure(sh, &Options::default(), target)?.file);
        targets.iter().copied().map(measure).sum()
    };
    size::TARGETS.map(|name| (name, measure(name))).into()
}

/// `cargo xtask variants`: a line for each runtime that can be had, the whole one first.
pub(crate) fn variants() -> Result<()> {
    for (_, left_out) in features::variants(crate::root())? {
        println!("{}", features::without(crate::root(), &left_out)?.join(" "));
    }
    Ok(())
}

/// `cargo xtask verify`.
pub(crate) fn verify(sh: &Shell, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let all = [Platform::Ios, Platform::Simulator, Platform::Android, Platform::Linux];
    let targets = target::select(&all, &options.targets)?;
    verify::run(sh, &options.rest, &targets, &options.binaries())
}
