//! Static libraries for Apple's systems: every object file in them.

use std::collections::BTreeSet;

use miette::{IntoDiagnostic as _, Result, miette};
use object::{
    Endianness, FileKind, macho,
    read::{
        archive::ArchiveFile,
        macho::{FatArch as _, MachHeader as _, MachOFatFile32, Nlist as _},
    },
};

use super::{Findings, Rules, bytes, find};
use crate::package::{
    archive::PRIVATE,
    target::{Platform, Target},
};

/// The most that a static library may have for each processor: what it adds to an app is less.
const BUDGET: usize = 8_000_000;

type Header = macho::MachHeader64<Endianness>;

/// Checks a static library that has exactly these targets.
pub(super) fn check(
    data: &[u8],
    targets: &[&Target],
    rules: &Rules,
    findings: &mut Findings,
) -> Result<()> {
    let archives = archives(data)?;
    let names = archives.iter().map(|archive| arch(archive.cpu)).collect();
    let wanted = targets.iter().map(|target| target.arch).collect();
    findings.same(&names, &wanted, "it has processors");
    for archive in &archives {
        if let Some(target) = targets.iter().find(|target| target.arch == arch(archive.cpu)) {
            findings.part(target.arch, |findings| check_archive(archive, target, rules, findings));
        }
    }
    Ok(())
}

/// The one target that a static library in `data` is for.
pub(super) fn target(data: &[u8]) -> Result<&'static Target> {
    let archives = archives(data)?;
    let [archive] = archives.as_slice() else {
        return Err(miette!(
            help = "verify the XCFramework that it is part of",
            "it has more than one processor"
        ));
    };
    let objects = objects(archive)?;
    let first = objects.first().ok_or_else(|| miette!("it is empty"))?;
    find(|target| {
        target.arch == arch(archive.cpu) && platform_number(target.platform) == Some(first.platform)
    })
}

/// The part of a file for one processor.
struct Archive<'data> {
    cpu: u32,
    data: &'data [u8],
}

/// The parts of a file: one for each processor, if it has several.
fn archives(data: &[u8]) -> Result<Vec<Archive<'_>>> {
    if FileKind::parse(data).into_diagnostic()? != FileKind::MachOFat32 {
        let (cpu, _) = crate::package::fat::processor(data)?;
        return Ok(vec![Archive { cpu, data }]);
    }
    let file = MachOFatFile32::parse(data).into_diagnostic()?;
    let parts = file.arches().iter();
    parts
        .map(|part| Ok(Archive { cpu: part.cputype().0, data: part.data(data).into_diagnostic()? }))
        .collect()
}

/// Apple's name of a processor.
fn arch(cpu: u32) -> &'static str {
    match macho::CpuType(cpu) {
        macho::CPU_TYPE_ARM64 => "arm64",
        macho::CPU_TYPE_X86_64 => "x86_64",
        _ => "unknown",
    }
}

/// The number by which an object file names its platform.
fn platform_number(platform: Platform) -> Option<u32> {
    match platform {
        Platform::Ios => Some(macho::PLATFORM_IOS.0),
        Platform::Simulator => Some(macho::PLATFORM_IOSSIMULATOR.0),
        Platform::Android | Platform::Linux | Platform::Wasm => None,
    }
}

/// What one object file says of itself.
struct Object {
    name: String,
    cpu: u32,
    platform: u32,
    floor: u32,
    flags: u32,
    shown: BTreeSet<String>,
    private: BTreeSet<String>,
    used: BTreeSet<String>,
}

/// Every object file of an archive.
fn objects(archive: &Archive<'_>) -> Result<Vec<Object>> {
    let parsed = ArchiveFile::parse(archive.data).into_diagnostic()?;
    let members = parsed.members().map(|member| {
        let member = member.into_diagnostic()?;
        let name = String::from_utf8_lossy(member.name()).into_owned();
        object(name, member.data(archive.data).into_diagnostic()?)
    });
    members.collect()
}

/// Reads an object file.
fn object(name: String, data: &[u8]) -> Result<Object> {
    let header = Header::parse(data, 0).into_diagnostic()?;
    let endian = header.endian().into_diagnostic()?;
    if header.filetype(endian) != macho::MH_OBJECT {
        return Err(miette!("`{name}` is no object file"));
    }
    let (mut shown, mut private, mut used) = <(BTreeSet<_>, BTreeSet<_>, BTreeSet<_>)>::default();
    let (mut platform, mut floor) = (0, 0);
    let mut commands = header.load_commands(endian, data, 0).into_diagnostic()?;
    while let Some(command) = commands.next().into_diagnostic()? {
        if let Some((version, _)) = command.build_version(endian).into_diagnostic()? {
            (platform, floor) = (version.platform.get(endian).0, version.minos.get(endian).0);
        }
        let Some(symtab) = command.symtab().into_diagnostic()? else { continue };
        let table = symtab.symbols::<Header, _>(endian, data).into_diagnostic()?;
        for symbol in table.iter() {
            let kind = symbol.n_type();
            if kind.is_stab() || !kind.contains(macho::N_EXT) {
                continue;
            }
            let name = symbol.name(endian, table.strings()).into_diagnostic()?;
            let name = String::from_utf8_lossy(name).into_owned();
            if symbol.is_undefined() {
                used.insert(name);
            } else if kind.contains(macho::N_PEXT) {
                private.insert(name);
            } else {
                shown.insert(name);
            }
        }
    }
    let (cpu, flags) = (header.cputype(endian).0, header.flags(endian).0);
    Ok(Object { name, cpu, platform, floor, flags, shown, private, used })
}

fn check_archive(
    archive: &Archive<'_>,
    target: &Target,
    rules: &Rules,
    findings: &mut Findings,
) -> Result<()> {
    let objects = objects(archive)?;
    findings.fact(format!("{} bytes, {} objects", bytes(archive.data.len()), objects.len()));
    findings.require(archive.data.len() <= BUDGET, || {
        format!("it has more than {} bytes", bytes(BUDGET))
    });
    for object in &objects {
        check_object(object, target, rules, findings);
    }
    check_names(&objects, target, rules, findings);
    check_index(archive, rules, findings)
}

/// Processor, platform and first version.
fn check_object(object: &Object, target: &Target, rules: &Rules, findings: &mut Findings) {
    let name = &object.name;
    findings.require(arch(object.cpu) == target.arch, || {
        format!("`{name}` is for {}, not for {}", arch(object.cpu), target.arch)
    });
    findings.require(Some(object.platform) == platform_number(target.platform), || {
        format!("`{name}` is for platform {}, not for {:?}", object.platform, target.platform)
    });
    let floor = version(&rules.floors.ios);
    findings.require(object.floor == floor, || {
        let (major, minor) = (object.floor >> 16, object.floor >> 8 & 0xff);
        format!("`{name}` is for version {major}.{minor}, not for {}", rules.floors.ios)
    });
    let sections = macho::MH_SUBSECTIONS_VIA_SYMBOLS.0;
    findings.require(object.flags & sections != 0, || {
        format!("`{name}` cannot be taken apart: an app would get all of it")
    });
}

/// `15.1` as an object file has it.
fn version(text: &str) -> u32 {
    let mut parts = text.split('.').map(|part| part.parse::<u32>().unwrap_or_default());
    let mut next = || parts.next().unwrap_or_default();
    next() << 16 | next() << 8 | next()
}

/// What the archive shows to the app, what it keeps to itself, and what it uses of the system.
fn check_names(objects: &[Object], target: &Target, rules: &Rules, findings: &mut Findings) {
    fn all(objects: &[Object], names: impl Fn(&Object) -> &BTreeSet<String>) -> BTreeSet<&str> {
        objects.iter().flat_map(|object| names(object).iter().map(String::as_str)).collect()
    }
    let shown = all(objects, |object| &object.shown);
    let private = all(objects, |object| &object.private);
    let used = all(objects, |object| &object.used);
    let exports: Vec<_> =
        rules.exports(target.platform).into_iter().map(|name| format!("_{name}")).collect();
    findings.same(&shown, &exports.iter().map(String::as_str).collect(), "it exports");
    for name in private.iter().filter(|name| !name.starts_with(PRIVATE)) {
        findings.complaints.push(format!("`{name}` could meet another of its name in the app"));
    }
    let defined = shown.union(&private).copied().collect();
    let outside: BTreeSet<_> = used.difference(&defined).copied().collect();
    findings.fact(format!(
        "exports {}, private {}, imports {}",
        shown.len(),
        private.len(),
        outside.len()
    ));
    findings.allowed(&outside, &BTreeSet::new(), target.platform);
}

/// The archive's own index: without a name in it, a linker does not find the object.
fn check_index(archive: &Archive<'_>, rules: &Rules, findings: &mut Findings) -> Result<()> {
    let parsed = ArchiveFile::parse(archive.data).into_diagnostic()?;
    let mut names = BTreeSet::new();
    for symbol in parsed.symbols().into_diagnostic()?.into_iter().flatten() {
        let symbol = symbol.into_diagnostic()?;
        names.insert(String::from_utf8_lossy(symbol.name()).into_owned());
    }
    for name in &rules.interface {
        findings.require(names.contains(&format!("_{name}")), || {
            format!("its index does not list `{name}`")
        });
    }
    Ok(())
}
