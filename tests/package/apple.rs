//! Frameworks with one fault each, written by hand: no Apple tool is needed to be refused.

use std::{
    fs,
    io::Cursor,
    path::{Path, PathBuf},
};

use ar_archive_writer::{
    ArchiveKind, DEFAULT_OBJECT_READER, NewArchiveMember, write_archive_to_stream,
};
use background_runner_tests::or_skip;
use object::{
    Architecture, BinaryFormat, Endianness, SymbolFlags, SymbolKind, SymbolScope,
    macho::{self, PLATFORM_IOS, PLATFORM_IOSSIMULATOR, Platform, Version},
    read::{
        archive::ArchiveFile,
        macho::{MachHeader as _, Nlist as _},
    },
    write::{MachOBuildVersion, Object, StandardSection, Symbol, SymbolSection},
};
use tempfile::TempDir;

use crate::{
    interface,
    real::{self, MODULE},
    refused, verify,
};

const DEVICE: &str = "ios-arm64";
const SIMULATOR: &str = "ios-arm64_x86_64-simulator";

/// What an object file says, good unless a test changes it.
pub(crate) struct Slice {
    processor: Architecture,
    platform: Platform,
    /// `xxxx.yy.zz` in nibbles.
    floor: u32,
    exports: Vec<String>,
    private: Vec<String>,
    imports: Vec<String>,
    whole: bool,
}

impl Slice {
    pub(crate) fn new(processor: Architecture, platform: Platform) -> Self {
        Self {
            processor,
            platform,
            floor: 15 << 16,
            exports: interface(),
            private: vec!["runner_private_JS_Eval".to_owned()],
            imports: vec!["malloc".to_owned()],
            whole: false,
        }
    }

    fn device() -> Self {
        Self::new(Architecture::Aarch64, PLATFORM_IOS)
    }

    fn simulator(processor: Architecture) -> Self {
        Self::new(processor, PLATFORM_IOSSIMULATOR)
    }

    /// An archive with the one object file.
    fn archive(&self) -> Vec<u8> {
        let mut object = Object::new(BinaryFormat::MachO, self.processor, Endianness::Little);
        let mut version = MachOBuildVersion::default();
        version.platform = self.platform;
        version.minos = Version(self.floor);
        object.set_macho_build_version(version);
        if !self.whole {
            object.set_subsections_via_symbols();
        }
        for (names, scope) in
            [(&self.exports, SymbolScope::Dynamic), (&self.private, SymbolScope::Linkage)]
        {
            for name in names {
                add(&mut object, name, scope, true);
            }
        }
        for name in &self.imports {
            add(&mut object, name, SymbolScope::Unknown, false);
        }
        let object = object.write().expect("it can be written");
        let member = NewArchiveMember::new(object, &DEFAULT_OBJECT_READER, "runtime.o".to_owned());
        let mut archive = Cursor::new(Vec::new());
        write_archive_to_stream(&mut archive, &[member], ArchiveKind::Darwin, false, None)
            .expect("it can be written");
        archive.into_inner()
    }
}

/// Adds a symbol, defined as a function of one byte or not at all.
fn add(object: &mut Object<'_>, name: &str, scope: SymbolScope, defined: bool) {
    let symbol = object.add_symbol(Symbol {
        name: name.into(),
        value: 0,
        size: 0,
        kind: SymbolKind::Text,
        scope,
        weak: false,
        section: SymbolSection::Undefined,
        flags: SymbolFlags::None,
    });
    if defined {
        let section = object.section_id(StandardSection::Text);
        object.add_symbol_data(symbol, section, &[0xc3], 4);
    }
}

/// A framework in a folder of its own.
pub(crate) struct Framework {
    folder: TempDir,
}

impl Framework {
    /// The three slices, all good.
    fn new() -> Self {
        let framework = Self { folder: tempfile::tempdir().expect("a folder can be made") };
        let simulators = [Architecture::Aarch64, Architecture::X86_64];
        framework.put(DEVICE, &Slice::device().archive());
        framework.put(SIMULATOR, &joined(simulators.map(|arch| Slice::simulator(arch).archive())));
        fs::write(framework.path().join("Info.plist"), LIST).expect("it can be written");
        framework
    }

    /// With another library for phones.
    pub(crate) fn with_device(slice: &Slice) -> Self {
        let framework = Self::new();
        framework.put(DEVICE, &slice.archive());
        framework
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join(format!("{MODULE}.xcframework"))
    }

    /// Writes a slice.
    fn put(&self, slice: &str, library: &[u8]) {
        let headers = self.path().join(slice).join("Headers").join(MODULE);
        fs::create_dir_all(&headers).expect("folders can be made");
        let map = format!("module {MODULE} {{\n    header \"runner.h\"\n    export *\n}}\n");
        fs::write(headers.join("module.modulemap"), map).expect("it can be written");
        fs::write(headers.join("runner.h"), "").expect("it can be written");
        let file = self.path().join(slice).join(format!("lib{MODULE}.a"));
        fs::write(file, library).expect("it can be written");
    }

    /// Replaces a text of the list.
    fn edit(&self, old: &str, new: &str) {
        assert!(LIST.contains(old), "`{old}` is not in the list");
        let list = LIST.replacen(old, new, 1);
        fs::write(self.path().join("Info.plist"), list).expect("it can be written");
    }
}

/// The list of a good framework.
const LIST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>AvailableLibraries</key>
	<array>
		<dict>
			<key>BinaryPath</key>
			<string>libCapacitorBackgroundRunnerNative.a</string>
			<key>HeadersPath</key>
			<string>Headers</string>
			<key>LibraryIdentifier</key>
			<string>ios-arm64</string>
			<key>LibraryPath</key>
			<string>libCapacitorBackgroundRunnerNative.a</string>
			<key>SupportedArchitectures</key>
			<array>
				<string>arm64</string>
			</array>
			<key>SupportedPlatform</key>
			<string>ios</string>
		</dict>
		<dict>
			<key>BinaryPath</key>
			<string>libCapacitorBackgroundRunnerNative.a</string>
			<key>HeadersPath</key>
			<string>Headers</string>
			<key>LibraryIdentifier</key>
			<string>ios-arm64_x86_64-simulator</string>
			<key>LibraryPath</key>
			<string>libCapacitorBackgroundRunnerNative.a</string>
			<key>SupportedArchitectures</key>
			<array>
				<string>arm64</string>
				<string>x86_64</string>
			</array>
			<key>SupportedPlatform</key>
			<string>ios</string>
			<key>SupportedPlatformVariant</key>
			<string>simulator</string>
		</dict>
	</array>
	<key>CFBundlePackageType</key>
	<string>XFWK</string>
	<key>XCFrameworkFormatVersion</key>
	<string>1.0</string>
</dict>
</plist>
"#;

/// Two archives in one file: a header with big-endian numbers, and each part on a page of its own.
fn joined([arm, intel]: [Vec<u8>; 2]) -> Vec<u8> {
    const PAGE: usize = 0x4000;
    let number = |number: usize| u32::try_from(number).expect("it is small");
    let second = PAGE + arm.len().next_multiple_of(PAGE);
    let mut file = Vec::new();
    for field in [0xcafe_babe, 2, 0x0100_000c, 0, number(PAGE), number(arm.len()), 14]
        .into_iter()
        .chain([0x0100_0007, 3, number(second), number(intel.len()), 14])
    {
        file.extend(field.to_be_bytes());
    }
    file.resize(PAGE, 0);
    file.extend(arm);
    file.resize(second, 0);
    file.extend(intel);
    file
}

/// Expects a framework with this library for phones to be refused.
fn device_refused(slice: &Slice, words: &str) {
    refused(&Framework::with_device(slice).path(), &[], words);
}

#[test]
fn a_good_framework_is_accepted() {
    let said = verify(&Framework::new().path(), &[]).expect("it is good");
    assert!(said.contains("ios-arm64: arm64: exports"), "{said}");
    assert!(said.contains("ios-arm64_x86_64-simulator: x86_64: exports"), "{said}");
}

#[test]
fn a_library_for_another_platform_is_refused() {
    // The processor is the same: only the platform's number tells a simulator from a phone.
    let slice = Slice { platform: PLATFORM_IOSSIMULATOR, ..Slice::device() };
    device_refused(&slice, "is for platform 7, not for Ios");
    let slice = Slice { processor: Architecture::X86_64, ..Slice::device() };
    device_refused(&slice, "it has processors more than it should: `x86_64`");
    let slice = Slice { floor: 17 << 16 | 4 << 8, ..Slice::device() };
    device_refused(&slice, "is for version 17.4, not for 15.0");
}

#[test]
fn a_library_that_shows_something_else_is_refused() {
    let mut slice = Slice::device();
    slice.exports.push("JS_NewContext".to_owned());
    device_refused(&slice, "it exports more than it should: `_JS_NewContext`");
    slice.exports = interface().split_off(1);
    device_refused(&slice, "it exports less than it should: `_runner_");
    device_refused(&slice, "its index does not list `runner_");
    let mut slice = Slice::device();
    slice.private.push("rust_eh_personality".to_owned());
    device_refused(&slice, "`_rust_eh_personality` could meet another of its name in the app");
}

#[test]
fn a_library_that_uses_something_else_is_refused() {
    let mut slice = Slice::device();
    slice.imports.push("SecRandomCopyBytes".to_owned());
    device_refused(&slice, "does not allow: `_SecRandomCopyBytes`");
}

#[test]
fn a_library_that_cannot_be_taken_apart_is_refused() {
    let slice = Slice { whole: true, ..Slice::device() };
    device_refused(&slice, "cannot be taken apart");
}

#[test]
fn a_framework_without_a_slice_is_refused() {
    let framework = Framework::new();
    fs::remove_dir_all(framework.path().join(SIMULATOR)).expect("it can be removed");
    refused(&framework.path(), &[], &format!("it has slices less than it should: `{SIMULATOR}`"));
    let framework = Framework::new();
    framework.put(SIMULATOR, &Slice::simulator(Architecture::Aarch64).archive());
    refused(&framework.path(), &[], "it has processors less than it should: `x86_64`");
    // A phone's library in the simulator's file has the right processor.
    let intel = Slice::simulator(Architecture::X86_64).archive();
    framework.put(SIMULATOR, &joined([Slice::device().archive(), intel]));
    refused(&framework.path(), &[], "arm64: `runtime.o` is for platform 2, not for Simulator");
}

#[test]
fn a_framework_that_lists_something_else_is_refused() {
    let changed = |old, new, words: &str| {
        let framework = Framework::new();
        framework.edit(old, new);
        refused(&framework.path(), &[], words);
    };
    changed("XFWK", "FMWK", "`CFBundlePackageType` is `FMWK`");
    changed("<string>1.0</string>", "<string>2.0</string>", "`XCFrameworkFormatVersion` is `2.0`");
    changed(">simulator<", ">maccatalyst<", "`SupportedPlatformVariant` is `maccatalyst`");
    changed("<string>x86_64</string>", "", "it lists processors less than it should: `x86_64`");
    changed(">ios-arm64<", ">ios-arm64e<", "it lists slices more than it should: `ios-arm64e`");
    changed("<plist", "<list", "`Info.plist` cannot be read");
}

#[test]
fn headers_at_the_root_are_refused() {
    let framework = Framework::new();
    let headers = framework.path().join(DEVICE).join("Headers");
    fs::write(headers.join("module.modulemap"), "").expect("it can be written");
    refused(&framework.path(), &[], "not one folder of the module's name");
    let framework = Framework::new();
    let headers = framework.path().join(DEVICE).join("Headers").join(MODULE);
    fs::remove_file(headers.join("runner.h")).expect("it can be removed");
    refused(&framework.path(), &[], "the module map's header `runner.h` is missing");
}

#[test]
fn a_broken_library_is_refused_in_words() {
    let framework = Framework::new();
    let file = Path::new(DEVICE).join(format!("lib{MODULE}.a"));
    let file = framework.path().join(file);
    let bytes = fs::read(&file).expect("it was written");
    for length in [0, 7, 60, bytes.len() / 2, bytes.len() - 9] {
        fs::write(&file, &bytes[..length]).expect("it can be written");
        refused(&framework.path(), &[], "ios-arm64");
    }
    let framework = Framework::new();
    let file = framework.path().join(SIMULATOR).join(format!("lib{MODULE}.a"));
    let bytes = fs::read(&file).expect("it was written");
    for length in [8, 40, 0x4000, bytes.len() - 9] {
        fs::write(&file, &bytes[..length]).expect("it can be written");
        refused(&framework.path(), &[], SIMULATOR);
    }
}

#[test]
fn a_fault_in_a_real_library_is_found() {
    let toolchain = or_skip!(real::toolchain());
    let real = real::framework(&toolchain).join(DEVICE).join(format!("lib{MODULE}.a"));
    let real = fs::read(real).expect("it was built");
    let framework = Framework::new();
    framework.put(DEVICE, &real);
    verify(&framework.path(), &[]).expect("beside slices of a few bytes it is as good");
    let (version, private) = (build_version(&real), private_name(&real));
    for (at, byte, words) in [
        (version, 7, "is for platform 7, not for Ios"),
        (version + 6, 17, "is for version 17.0, not for 15.0"),
        (private, 0x0f, "it exports more than it should: `_runner_private"),
    ] {
        let mut faulty = real.clone();
        faulty[at] = byte;
        framework.put(DEVICE, &faulty);
        refused(&framework.path(), &[], words);
    }
}

/// Where the platform of the first object file stands: in a command of this number and size, before
/// the first version.
fn build_version(archive: &[u8]) -> usize {
    let command = [0x32, 0, 0, 0, 24, 0, 0, 0, 2, 0, 0, 0, 0, 0, 15, 0];
    let at = archive.windows(command.len()).position(|bytes| bytes == command);
    at.expect("an object file names its platform") + 8
}

/// Where the type of the first name stands that is shared within the archive alone.
fn private_name(archive: &[u8]) -> usize {
    let parsed = ArchiveFile::parse(archive).expect("it is an archive");
    let mut found = parsed.members().filter_map(|member| {
        let member = member.expect("it is complete");
        let (start, data) = (member.file_range().0, member.data(archive).expect("it is complete"));
        let header = macho::MachHeader64::<Endianness>::parse(data, 0).expect("it is an object");
        let endian = header.endian().expect("it is of this order");
        let mut commands = header.load_commands(endian, data, 0).expect("it has commands");
        let symtab = loop {
            let command = commands.next().expect("it is complete")?;
            if let Some(symtab) = command.symtab().expect("it is complete") {
                break symtab;
            }
        };
        let table = symtab.symbols::<macho::MachHeader64<Endianness>, _>(endian, data);
        let table = table.expect("it is complete");
        let private = table.iter().position(|symbol| {
            let kind = symbol.n_type();
            !kind.is_stab() && kind.contains(macho::N_PEXT) && !symbol.is_undefined()
        })?;
        let start = usize::try_from(start).expect("it is small");
        Some(start + symtab.symoff.get(endian) as usize + 16 * private + 4)
    });
    found.next().expect("something is private")
}
