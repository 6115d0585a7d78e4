//! Shared libraries for Android, and for Linux on a phone's processor.

use std::collections::BTreeSet;

use miette::{IntoDiagnostic as _, Result, miette};
use object::{
    Endianness, FileKind, Object as _, elf,
    read::elf::{Dyn as _, ElfFile, FileHeader, ProgramHeader as _, Sym as _},
};

use super::{Findings, Rules, bytes, find};
use crate::package::target::{Platform, Target};

/// The most that a library for Android may have: what `docs/releasing.md` says.
fn budget(target: &Target) -> usize {
    match target.arch {
        "armeabi-v7a" => 1_860_000,
        "x86" => 2_265_000,
        "x86_64" => 2_280_000,
        _ => 2_175_000,
    }
}

/// Newer phones have memory pages of 16 KB, and load nothing that is aligned for less.
const PAGE: u64 = 0x4000;

/// The system's libraries that every Android has.
const ANDROID_LIBRARIES: [&str; 4] = ["libc.so", "libdl.so", "liblog.so", "libm.so"];
const LINUX_LIBRARIES: [&str; 5] =
    ["ld-linux-aarch64.so.1", "ld-linux-armhf.so.3", "libc.so.6", "libgcc_s.so.1", "libm.so.6"];

/// Checks the library in `data`, whose file is called `name`.
pub(super) fn check(
    data: &[u8],
    name: &str,
    target: &Target,
    rules: &Rules,
    findings: &mut Findings,
) -> Result<()> {
    findings.fact(format!("{} bytes", bytes(data.len())));
    let (shipped, budget) = (target.platform != Platform::Linux, budget(target));
    findings.require(!shipped || data.len() <= budget, || {
        format!("it has {} bytes, more than {}", bytes(data.len()), bytes(budget))
    });
    let bits = if target.is_64_bit() { FileKind::Elf64 } else { FileKind::Elf32 };
    let kind = FileKind::parse(data).into_diagnostic()?;
    if kind != bits {
        return Err(miette!("it is {kind:?}, not {bits:?}"));
    }
    match kind {
        FileKind::Elf64 => {
            parse::<elf::FileHeader64<Endianness>>(data)?.check(name, target, rules, findings)
        }
        _ => parse::<elf::FileHeader32<Endianness>>(data)?.check(name, target, rules, findings),
    }
}

/// The target that the library in `data` is for.
pub(super) fn target(data: &[u8]) -> Result<&'static Target> {
    let (machine, needed) = match FileKind::parse(data).into_diagnostic()? {
        FileKind::Elf64 => parse::<elf::FileHeader64<Endianness>>(data)?.identity()?,
        FileKind::Elf32 => parse::<elf::FileHeader32<Endianness>>(data)?.identity()?,
        other => return Err(miette!("it is {other:?}, not a shared library")),
    };
    let linux = needed.iter().any(|name| name == "libc.so.6");
    let platform = if linux { Platform::Linux } else { Platform::Android };
    find(|target| target.platform == platform && self::machine(target) == machine)
}

/// The processor's number.
fn machine(target: &Target) -> elf::Machine {
    match target.arch {
        "armeabi-v7a" | "arm" => elf::EM_ARM,
        "x86" => elf::EM_386,
        "x86_64" => elf::EM_X86_64,
        _ => elf::EM_AARCH64,
    }
}

/// A library with its parts found.
struct Library<'data, Elf: FileHeader<Endian = Endianness>> {
    file: ElfFile<'data, Elf>,
}

fn parse<Elf: FileHeader<Endian = Endianness>>(data: &[u8]) -> Result<Library<'_, Elf>> {
    Ok(Library { file: ElfFile::parse(data).into_diagnostic()? })
}

impl<Elf: FileHeader<Endian = Endianness>> Library<'_, Elf> {
    fn check(
        &self,
        name: &str,
        target: &Target,
        rules: &Rules,
        findings: &mut Findings,
    ) -> Result<()> {
        let header = self.file.elf_header();
        let (endian, found) = (self.file.endian(), header.e_machine(self.file.endian()));
        findings.require(found == machine(target), || {
            format!("it is for machine {}, not {}", found.0, machine(target).0)
        });
        findings
            .require(header.e_type(endian) == elf::ET_DYN, || "it is no shared library".to_owned());
        self.check_segments(target, findings);
        self.check_dynamic(name, target, findings)?;
        self.check_symbols(target, rules, findings)?;
        findings.require(self.file.build_id().into_diagnostic()?.is_some(), || {
            "it has no build id, by which crash reports find its symbols".to_owned()
        });
        findings.require(self.file.elf_symbol_table().is_empty(), || {
            "it is not stripped: it has a table of symbols".to_owned()
        });
        Ok(())
    }

    /// The processor's number, and the libraries that it needs.
    fn identity(&self) -> Result<(elf::Machine, Vec<String>)> {
        let machine = self.file.elf_header().e_machine(self.file.endian());
        Ok((machine, self.strings(elf::DT_NEEDED)?))
    }

    /// What is loaded: how it is aligned, and what may be written or executed.
    fn check_segments(&self, target: &Target, findings: &mut Findings) {
        let endian = self.file.endian();
        let of = |kind| {
            let headers = self.file.elf_program_headers().iter();
            headers.filter(move |header| header.p_type(endian) == kind)
        };
        for load in of(elf::PT_LOAD) {
            let align: u64 = load.p_align(endian).into();
            findings.require(target.platform != Platform::Android || align >= PAGE, || {
                format!("a segment is aligned to {align:#x}, less than a page of {PAGE:#x}")
            });
            let (at, offset): (u64, u64) =
                (load.p_vaddr(endian).into(), load.p_offset(endian).into());
            findings.require(align == 0 || at % align == offset % align, || {
                format!("a segment at {at:#x} cannot be mapped from {offset:#x}")
            });
            let flags = load.p_flags(endian).0;
            findings.require(flags & elf::PF_W.0 == 0 || flags & elf::PF_X.0 == 0, || {
                "a segment can be written and executed".to_owned()
            });
        }
        findings.require(of(elf::PT_LOAD).next().is_some(), || "nothing is loaded".to_owned());
        findings.require(of(elf::PT_GNU_RELRO).next().is_some(), || {
            "relocated data stays writable (no RELRO)".to_owned()
        });
        let stack = of(elf::PT_GNU_STACK).next();
        findings.require(stack.is_some_and(|it| it.p_flags(endian).0 & elf::PF_X.0 == 0), || {
            "the stack can be executed".to_owned()
        });
    }

    /// What the loader is told.
    fn check_dynamic(&self, name: &str, target: &Target, findings: &mut Findings) -> Result<()> {
        let endian = self.file.endian();
        let table = self.file.elf_dynamic_table().into_diagnostic()?;
        let value = |tag| table.dynamics().iter().find(|it| it.tag(endian) == tag);
        let flags = |tag| value(tag).map_or(0, |it| it.val(endian));
        let text =
            value(elf::DT_TEXTREL).is_some() || flags(elf::DT_FLAGS) & elf::DF_TEXTREL.0 != 0;
        findings.require(!text, || "its code is relocated (TEXTREL)".to_owned());
        let now = value(elf::DT_BIND_NOW).is_some()
            || flags(elf::DT_FLAGS) & elf::DF_BIND_NOW.0 != 0
            || flags(elf::DT_FLAGS_1) & elf::DF_1_NOW.0 != 0;
        findings.require(now, || "functions are bound late, and stay writable".to_owned());
        for tag in [elf::DT_RPATH, elf::DT_RUNPATH] {
            findings.require(value(tag).is_none(), || "it names folders to search".to_owned());
        }
        let soname = self.strings(elf::DT_SONAME)?;
        let wanted = name.replace(crate::package::UNSHIPPABLE, "");
        findings.require(soname == [wanted.clone()], || {
            format!("it is called {soname:?} inside, and `{wanted}` outside")
        });
        let allowed = match target.platform {
            Platform::Linux => &LINUX_LIBRARIES[..],
            _ => &ANDROID_LIBRARIES[..],
        };
        for needed in self.strings(elf::DT_NEEDED)? {
            findings.require(allowed.contains(&needed.as_str()), || {
                format!("it needs `{needed}`, which is not everywhere")
            });
        }
        Ok(())
    }

    /// The strings with this tag.
    fn strings(&self, tag: elf::DynamicTag) -> Result<Vec<String>> {
        let endian = self.file.endian();
        let table = self.file.elf_dynamic_table().into_diagnostic()?;
        let entries = table.dynamics().iter().filter(|it| it.tag(endian) == tag);
        entries
            .map(|it| {
                let string = it.string(endian, *table.strings()).into_diagnostic()?;
                Ok(String::from_utf8_lossy(string).into_owned())
            })
            .collect()
    }

    /// What it shows, and what it uses.
    fn check_symbols(&self, target: &Target, rules: &Rules, findings: &mut Findings) -> Result<()> {
        let endian = self.file.endian();
        let table = self.file.elf_dynamic_symbol_table();
        let (mut shown, mut used) = (BTreeSet::new(), BTreeSet::new());
        let mut weak = BTreeSet::new();
        for symbol in table.iter().skip(1) {
            let name = table.symbol_name(endian, symbol).into_diagnostic()?;
            let name = std::str::from_utf8(name).into_diagnostic()?;
            if symbol.st_bind() == elf::STB_WEAK {
                weak.insert(name);
            }
            if symbol.is_undefined(endian) {
                used.insert(name)
            } else {
                shown.insert(name)
            };
        }
        findings.fact(format!("exports {}, imports {}", shown.len(), used.len()));
        findings.same(&shown, &rules.exports(target.platform), "it exports");
        findings.allowed(&used, &weak, target.platform);
        Ok(())
    }
}
