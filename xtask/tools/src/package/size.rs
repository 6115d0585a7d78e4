//! `cargo xtask size`: what the runtime adds to an app, and what each part of it that can be left out
//! adds to that.

use std::{fs, path::Path};

use miette::{IntoDiagnostic as _, Result, miette};
use object::{BinaryFormat, File, Object as _, ObjectSection as _, ObjectSegment as _};
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

/// What a library is in an app, in bytes.
pub(super) struct Size {
    /// The length of its file.
    pub(super) file: u64,
    /// What of that fills pages, of 16 KB on Apple's phones: the next change may take it.
    padding: u64,
}

/// Builds the library for each target with everything, then without each part, and prints a table
/// of what they are without padding.
pub(super) fn run(sh: &Shell, options: &Options) -> Result<()> {
    let named =
        if options.targets.is_empty() { &TARGETS.map(str::to_owned) } else { &*options.targets };
    let targets = select(&PLATFORMS, named)?;
    let mut rows = Vec::new();
    for (label, without) in features::variants(crate::root())? {
        let options = Options { without, ..options.clone() };
        let sizes = targets.iter().map(|target| -> Result<u64> {
            let size = measure(sh, &options, target)?;
            let (file, padding) = (number(size.file), number(size.padding));
            eprintln!("{target}, {label}: {file} bytes, {padding} of them padding");
            Ok(size.file.saturating_sub(size.padding))
        });
        let sizes = sizes.collect::<Result<Vec<_>>>()?;
        rows.push((label, sizes));
    }
    println!("{}", table(&targets, &rows));
    Ok(())
}

/// The bytes of the library for a target as an app has it: of a shared one when it is stripped, of
/// a static one what the linker keeps.
pub(super) fn measure(sh: &Shell, options: &Options, target: &Target) -> Result<Size> {
    let request = options.request(sh, target.platform)?;
    let folder = request.places.target.join("size").join(target.triple);
    let library = folder.join(format!("{LIBRARY}.so"));
    let steps = match target.platform {
        Platform::Ios | Platform::Simulator => linked(&request, target, &library)?,
        Platform::Android | Platform::Linux | Platform::Wasm => {
            let strip = Step::Run(android::strip(&request, &library));
            android::link(&request, target, &library).into_iter().chain([strip]).collect()
        }
    };
    plan::run(sh, &Plan { steps, places: request.named_places() })?;
    let data = fs::read(library).into_diagnostic()?;
    let file = u64::try_from(data.len()).into_diagnostic()?;
    Ok(Size { file, padding: padding(&data)? })
}

/// The bytes behind the last section of each segment that has sections.
fn padding(data: &[u8]) -> Result<u64> {
    let file = File::parse(data).into_diagnostic()?;
    let ends = |(start, size): (u64, u64)| start.saturating_add(size);
    let sections: Vec<_> = file.sections().filter_map(|it| it.file_range()).collect();
    let behind = file.segments().map(|segment| {
        let (start, size) = segment.file_range();
        let end = ends((start, size));
        let inside = sections.iter().filter(|(at, _)| (start..end).contains(at));
        inside.copied().map(ends).max().map_or(0, |last| end.saturating_sub(last))
    });
    // Segments of other formats may share a page of the file.
    Ok(if file.format() == BinaryFormat::MachO { behind.sum() } else { 0 })
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
