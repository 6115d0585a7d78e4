//! Shared libraries with one fault each, made by the machine's own compiler and linker.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use background_runner_tests::{or_skip, root};
use object::{Object as _, ObjectSection as _, ObjectSymbol as _, read::elf::ElfFile64};
use tempfile::TempDir;

use crate::{
    interface,
    real::{UNSHIPPABLE, android, processors, toolchain},
    refused, verify,
};

const NAME: &str = "libbackground_runner.so";

/// What the linker is told for a library that Android loads.
const FLAGS: [&str; 8] = [
    "-shared",
    "-nostdlib",
    "-fPIC",
    "-Wl,-soname,libbackground_runner.so",
    "-Wl,-z,max-page-size=16384",
    "-Wl,--build-id=sha1",
    "-Wl,-z,relro,-z,now",
    "-Wl,-z,noexecstack",
];

/// A library and the folder that it lives in.
pub(crate) struct Library {
    folder: TempDir,
}

impl Library {
    /// Compiles the interface's names and `more`, with the usual flags and then others. Symbols are
    /// stripped unless debug information is asked for.
    pub(crate) fn build(more: &str, flags: &[&str]) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let mut source = String::new();
        for name in exports() {
            writeln!(source, "void {name}(void) {{}}").expect("a string takes it");
        }
        let library = Self { folder };
        let file = library.folder.path().join("library.c");
        fs::write(&file, source + more).map_err(|error| error.to_string())?;
        let mut command = Command::new("cc");
        let strip = (!flags.contains(&"-g")).then_some("-s");
        command.args(FLAGS).args(strip).args(flags).arg(file).arg("-o").arg(library.path());
        let output = command.output().map_err(|error| format!("`cc` does not start: {error}"))?;
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(library) } else { Err(errors) }
    }

    /// A copy of a library that is there.
    fn copy(from: &Path) -> Self {
        let library = Self { folder: tempfile::tempdir().expect("a folder can be made") };
        fs::copy(from, library.path()).expect("it can be copied");
        library
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join(NAME)
    }

    /// Replaces bytes of the file.
    fn patch(&self, at: usize, bytes: &[u8]) {
        let mut file = fs::read(self.path()).expect("it was written");
        file[at..at + bytes.len()].copy_from_slice(bytes);
        fs::write(self.path(), file).expect("it can be written again");
    }

    /// Where the entry of the first segment that is loaded with `flags` starts.
    fn segment(&self, flags: u32) -> usize {
        let file = fs::read(self.path()).expect("it was written");
        let number = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().expect("4 bytes"));
        let count = u16::from_le_bytes([file[56], file[57]]);
        let mut entries = (0..usize::from(count)).map(|index| 64 + 56 * index);
        entries.find(|at| number(*at) == 1 && number(at + 4) == flags).expect("it is loaded")
    }

    /// Where the loader's entry with this tag starts.
    fn dynamic(&self, tag: u64) -> usize {
        let file = fs::read(self.path()).expect("it was written");
        let (start, size) = section(&file, ".dynamic");
        let is_it = |at: &usize| file[*at..at + 8] == tag.to_le_bytes();
        (start..start + size).step_by(16).find(is_it).expect("the loader is told")
    }

    /// Where the entry of the first name starts that the library uses of the system.
    fn import(&self) -> usize {
        let file = fs::read(self.path()).expect("it was written");
        let parsed: ElfFile64<'_> = ElfFile64::parse(&*file).expect("it is a library");
        let used = parsed.dynamic_symbols().find(object::ObjectSymbol::is_undefined);
        section(&file, ".dynsym").0 + 24 * used.expect("it uses something").index().0
    }
}

/// Where a section of a file starts, and its size.
fn section(file: &[u8], name: &str) -> (usize, usize) {
    let parsed: ElfFile64<'_> = ElfFile64::parse(file).expect("it is a library");
    let section = parsed.section_by_name(name).expect("it has the section");
    let (start, size) = section.file_range().expect("it is in the file");
    let number = |number| usize::try_from(number).expect("it is small");
    (number(start), number(size))
}

/// The names that a library for Android shows.
fn exports() -> Vec<String> {
    let mut names = interface();
    let jni = fs::read_to_string(root().join("runtime/src/abi/jni.rs")).unwrap_or_default();
    names.extend(jni.contains("fn JNI_OnLoad(").then(|| "JNI_OnLoad".to_owned()));
    names
}

/// Builds a library with a fault, and expects these words about it.
macro_rules! faulty {
    ($more:expr, $flags:expr, $words:expr) => {{
        let library = or_skip!(Library::build($more, $flags));
        refused(&library.path(), &[], $words);
    }};
}

#[test]
#[cfg(target_arch = "x86_64")]
fn a_good_library_is_accepted() {
    let library = or_skip!(Library::build("", &[]));
    let said = verify(&library.path(), &[]).expect("it is good");
    assert!(said.contains("is a shared library for x86_64-linux-android"), "{said}");
    assert!(said.contains(&format!("exports {}, imports 0", exports().len())), "{said}");
}

#[test]
#[cfg(target_arch = "x86_64")]
fn a_library_with_another_name_to_link_is_refused() {
    faulty!("void extra(void) {}", &[], "it exports more than it should: `extra`");
    let hidden = "__attribute__((visibility(\"hidden\"))) void runner_free(void);";
    faulty!(hidden, &[], "it exports less than it should: `runner_free`");
}

#[test]
#[cfg(target_arch = "x86_64")]
fn a_library_that_uses_what_no_android_has_is_refused() {
    let more = "char *gets(char *); void *runner_unused_(void) { return gets; }";
    faulty!(more, &["-fvisibility=default"], "does not allow: `gets`");
}

#[test]
#[cfg(target_arch = "x86_64")]
fn a_library_for_small_pages_is_refused() {
    let small = ["-Wl,-z,max-page-size=4096"];
    faulty!("", &small, "a segment is aligned to 0x1000, less than a page of 0x4000");
}

#[test]
#[cfg(target_arch = "x86_64")]
fn a_library_that_weakens_the_process_is_refused() {
    faulty!("", &["-Wl,-z,execstack"], "the stack can be executed");
    faulty!("", &["-Wl,-z,norelro"], "relocated data stays writable");
    faulty!("", &["-Wl,-z,lazy"], "functions are bound late");
    faulty!("", &["-Wl,-rpath,/somewhere"], "it names folders to search");
    let relocated = "static int x; int *p __attribute__((section(\".text\"))) = &x;";
    faulty!(relocated, &["-Wl,-z,notext"], "its code is relocated (TEXTREL)");
}

#[test]
#[cfg(target_arch = "x86_64")]
fn a_segment_that_is_written_and_executed_is_refused() {
    let library = or_skip!(Library::build("", &[]));
    // 5 is readable and executable, 7 everything.
    let at = library.segment(5);
    library.patch(at + 4, &7u32.to_le_bytes());
    refused(&library.path(), &[], "a segment can be written and executed");
}

#[test]
#[cfg(target_arch = "x86_64")]
fn a_library_for_another_processor_is_refused() {
    let library = or_skip!(Library::build("", &[]));
    // The machine's number stands at 18; 2 is an old SPARC.
    library.patch(18, &2u16.to_le_bytes());
    refused(&library.path(), &[], "it is for no system that the runtime is built for");
    // A folder says which processor a library is for.
    let folder = tempfile::tempdir().expect("a folder can be made");
    let place = folder.path().join("arm64-v8a");
    fs::create_dir(&place).expect("a folder can be made");
    let library = or_skip!(Library::build("", &[]));
    fs::copy(library.path(), place.join(NAME)).expect("it can be copied");
    let only = ["--target", "aarch64-linux-android"];
    refused(
        folder.path(),
        &only,
        "arm64-v8a/libbackground_runner.so: it is for machine 62, not 183",
    );
}

#[test]
#[cfg(target_arch = "x86_64")]
fn a_folder_without_a_processor_is_refused() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let library = or_skip!(Library::build("", &[]));
    let place = folder.path().join("x86_64");
    fs::create_dir(&place).expect("a folder can be made");
    fs::copy(library.path(), place.join(NAME)).expect("it can be copied");
    verify(folder.path(), &["--target", "x86_64-linux-android"]).expect("it is what was asked for");
    let missing = "it has processors less than it should: `arm64-v8a`, `armeabi-v7a`, `x86`";
    refused(folder.path(), &[], missing);
}

#[test]
#[cfg(target_arch = "x86_64")]
fn a_library_that_is_large_or_unlabelled_is_refused() {
    let large = "const char large[2430000] = {1};";
    faulty!(large, &[], "more than 2,280,000");
    faulty!("", &["-Wl,--build-id=none"], "it has no build id");
    faulty!("", &["-Wl,-soname,librunner.so"], "and `libbackground_runner.so` outside");
    faulty!("", &["-g"], "it is not stripped: it has a table of symbols");
}

#[test]
#[cfg(target_arch = "x86_64")]
fn something_else_is_refused() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join(NAME);
    fs::write(&path, "no library").expect("it can be written");
    refused(&path, &[], "file magic");
    refused(&folder.path().join("none.so"), &[], "No such file or directory");
    let text = folder.path().join("text.txt");
    fs::write(&text, "no library").expect("it can be written");
    refused(&text, &[], "is nothing that can be verified");
}

/// What is wrong with a library: the place in its file, the bytes there, and what is said of it.
type Fault = (fn(&Library) -> usize, &'static [u8], &'static str);

#[test]
fn a_fault_in_a_real_library_is_found() {
    const FAULTS: [Fault; 5] = [
        // A header's flags and alignment stand at 4 and 48; 5 is readable and executable.
        (|it| it.segment(5) + 4, &[7, 0, 0, 0], "a segment can be written and executed"),
        (|it| it.segment(5) + 48, &[0, 0x10], "a segment is aligned to 0x1000, less than a page"),
        // DT_FLAGS: bound at once, and relocated code.
        (|it| it.dynamic(30) + 8, &[0x8 | 0x4], "its code is relocated (TEXTREL)"),
        // A name that is used becomes one that a section of the library holds.
        (|it| it.import() + 6, &[1, 0], "it exports more than it should: `"),
        // A MIPS.
        (|_| 18, &[8, 0], "it is for machine 8, not "),
    ];
    let toolchain = or_skip!(toolchain());
    let libraries = android(&toolchain).join("jniLibs");
    // The places of the faults are those in files for 64 bits.
    for (target, arch) in &processors()[..2] {
        for (place, bytes, words) in FAULTS {
            let library = Library::copy(&libraries.join(arch).join(UNSHIPPABLE));
            library.patch(place(&library), bytes);
            let folder = tempfile::tempdir().expect("a folder can be made");
            let at = folder.path().join(arch);
            fs::create_dir(&at).expect("a folder can be made");
            fs::copy(library.path(), at.join(NAME)).expect("it can be copied");
            refused(folder.path(), &["--target", target], &format!("{arch}/{NAME}: {words}"));
        }
    }
}
