//! `cargo xtask size`: what the runtime adds to an app, and what each part of it that can be left out
//! adds to that.

use std::{fs, path::Path};

use miette::{IntoDiagnostic as _, Result, miette};
use xshell::Shell;

use super::{
    Options, Request, android, exports, features, ios,
    plan::{self, Command, Plan, Step},
    provider::{LIBRARY, Provider, sdk},
    target::{Platform, Target, select},
    verify::bytes,
};

/// The processor of nearly every phone, the one of most emulators, and the iPhone's.
pub(super) const TARGETS: [&str; 3] =
    ["aarch64-linux-android", "x86_64-linux-android", "aarch64-apple-ios"];

/// The systems whose libraries can be measured.
pub(super) const PLATFORMS: [Platform; 4] =
    [Platform::Ios, Platform::Simulator, Platform::Android, Platform::Linux];

/// Builds the library for each target with everything, then without each part, and prints a table.
pub(super) fn run(sh: &Shell, options: &Options) -> Result<()> {
    let named =
        if options.targets.is_empty() { &TARGETS.map(str::to_owned) } else { &*options.targets };
    let targets = select(&PLATFORMS, named)?;
    let mut rows = Vec::new();
    for (label, without) in features::variants(crate::root())? {
        let options = Options { without, ..options.clone() };
        let sizes = targets.iter().map(|target| -> Result<u64> {
            let size = measure(sh, &options, target)?;
            eprintln!("{target}, {label}: {} bytes", number(size));
            Ok(size)
        });
        let sizes = sizes.collect::<Result<Vec<_>>>()?;
        rows.push((label, sizes));
    }
    println!("{}", table(&targets, &rows));
    Ok(())
}

/// The bytes of the library for a target as an app has it: of a shared one when it is stripped, of
/// a static one what the linker keeps.
pub(super) fn measure(sh: &Shell, options: &Options, target: &Target) -> Result<u64> {
    let request = options.request(sh, target.platform)?;
    let folder = request.places.target.join("size").join(target.triple);
    let library = folder.join(format!("{LIBRARY}.so"));
    let steps = match target.platform {
        Platform::Ios | Platform::Simulator => linked(&request, target, &library)?,
        Platform::Android | Platform::Linux => {
            let strip = Step::Run(android::strip(&request, &library));
            android::link(&request, target, &library)?.into_iter().chain([strip]).collect()
        }
    };
    plan::run(sh, &Plan { steps, places: request.named_places() })?;
    Ok(fs::metadata(library).into_diagnostic()?.len())
}

/// Has the linker take all that the interface reaches, which is what an app grows by.
fn linked(request: &Request, target: &Target, to: &Path) -> Result<Vec<Step>> {
    let Provider::Selfhost(toolchain) = &request.provider else {
        return Err(miette!(
            help = "name it: `--toolchain selfhost`",
            "the self-hosted toolchain alone links what it has compiled for `{target}`"
        ));
    };
    let system = if target.platform == Platform::Ios { "ios" } else { "ios-simulator" };
    let floor = request.floors.ios.clone();
    let names = exports::interface(&request.places.root)?;
    let names = names.iter().map(|name| format!("_{name}"));
    let roots =
        names.flat_map(|name| ["-u".to_owned(), name.clone(), "-exported_symbol".to_owned(), name]);
    let tool = |name: &str| {
        Command::new(toolchain.join("bin").join(name).display().to_string(), super::SELFHOST)
    };
    let link = tool("ld64.lld")
        .args(["-arch", target.arch, "-platform_version", system, &floor, &floor])
        .args(["-dylib", "-dead_strip"])
        .args(roots)
        .arg(ios::built(request, target).display().to_string())
        .arg(sdk(toolchain, target).join("usr/lib/libSystem.tbd").display().to_string())
        .args(["-o".to_owned(), to.display().to_string()]);
    let strip = tool("llvm-strip").args(["-x".to_owned(), to.display().to_string()]);
    let folder = to.parent().unwrap_or(to).to_owned();
    Ok(vec![
        Step::Run(request.build(target, "staticlib")),
        Step::Empty(folder),
        Step::Run(link),
        Step::Run(strip),
    ])
}

/// A size, for people.
fn number(size: u64) -> String {
    bytes(usize::try_from(size).unwrap_or(usize::MAX))
}

/// The rows as a table of Markdown, with the difference to the first.
fn table(targets: &[&Target], rows: &[(String, Vec<u64>)]) -> String {
    let whole = rows.first().map(|(_, sizes)| sizes.as_slice()).unwrap_or_default();
    let heads = targets.iter().map(|target| format!(" {target} | less |")).collect::<String>();
    let mut text = format!("| bytes |{heads}\n| --- |{}\n", " ---: | ---: |".repeat(targets.len()));
    for (label, sizes) in rows {
        let cells = sizes.iter().zip(whole).map(|(size, whole)| {
            format!(" {} | {} |", number(*size), number(whole.saturating_sub(*size)))
        });
        text += &format!("| {label} |{}\n", cells.collect::<String>());
    }
    text
}
