//! The npm package: always the same bytes, and nothing but what belongs in it.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
};

use background_runner_tests::{or_skip, root};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use object::{Architecture, macho::PLATFORM_IOSSIMULATOR};
use walkdir::WalkDir;

use crate::{
    apple::{Framework, Slice},
    elf::Library,
    real::{MODULE, UNSHIPPABLE, all, android, framework, processors, toolchain, wasm},
    refused, said, verify, xtask,
};

/// Contents by path.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Packs the plugin with the libraries that are in a folder of the test's own, into that folder.
pub(crate) fn pack(folder: &Path) -> Result<PathBuf, String> {
    let output = xtask()
        .args(["package-npm", "--incomplete", "--binaries"])
        .arg(folder)
        .env("CARGO_TARGET_DIR", folder)
        .output()
        .expect("the built command can be started");
    said(&output)?;
    let packages = fs::read_dir(folder.join("package/npm")).expect("it was made");
    let mut packages = packages.map(|entry| entry.expect("it can be listed").path());
    Ok(packages.next().expect("there is one package"))
}

/// Puts the real libraries into a folder, where a package has them. Android's get the name that
/// libraries have which may be shipped: it is the package whose name says that it may not.
pub(crate) fn place(toolchain: &Path, folder: &Path) {
    place_all(&framework(toolchain), &folder.join(format!("ios/{MODULE}.xcframework")));
    copy(&wasm(toolchain).with_file_name("module.mjs"), &folder.join("wasm/module.mjs"));
    let device = folder.join("wasm/device.wasm");
    copy(&wasm(toolchain).with_file_name("device.wasm"), &device);
    let libraries = android(toolchain).join("jniLibs");
    for (_, arch) in processors() {
        let place = format!("android/src/main/jniLibs/{arch}/libbackground_runner.so");
        copy(&libraries.join(arch).join(UNSHIPPABLE), &folder.join(place));
    }
}

pub(crate) fn place_all(from: &Path, to: &Path) {
    for entry in WalkDir::new(from) {
        let path = entry.expect("it can be listed").into_path();
        if path.is_file() {
            copy(&path, &to.join(path.strip_prefix(from).expect("it is inside")));
        }
    }
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().expect("it is in a folder")).expect("folders can be made");
    fs::copy(from, to).expect("it can be copied");
}

/// The files of a package, by their path.
pub(crate) fn unpack(package: &Path) -> Files {
    let file = File::open(package).expect("it was made");
    let mut archive = tar::Archive::new(GzDecoder::new(file));
    let entries = archive.entries().expect("it is an archive");
    entries
        .map(|entry| {
            let mut entry = entry.expect("it is complete");
            let mut content = Vec::new();
            entry.read_to_end(&mut content).expect("it is complete");
            (entry.path().expect("it has a path").display().to_string(), content)
        })
        .collect()
}

/// Packs other files.
fn repack(package: &Path, files: &Files) {
    let file = File::create(package).expect("it can be written");
    let mut archive = tar::Builder::new(GzEncoder::new(file, Compression::fast()));
    for (path, content) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, content.as_slice()).expect("it can be written");
    }
    archive.into_inner().expect("it is complete").finish().expect("it can be written");
}

/// Packs what can be packed.
pub(crate) fn packed(folder: &Path) -> PathBuf {
    pack(folder).expect("what there is can be packed")
}

#[test]
fn two_packages_are_the_same_bytes() {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder can be made"));
    let [first, second] =
        folders.each_ref().map(|folder| fs::read(packed(folder.path())).expect("it was made"));
    assert!(first == second, "{} bytes and {} bytes differ", first.len(), second.len());
}

#[test]
fn the_package_holds_the_generated_plugin_and_nothing_private() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let files = unpack(&packed(folder.path()));
    for wanted in ["package.json", "Package.swift", "README.md"] {
        assert!(files.contains_key(&format!("package/{wanted}")), "`{wanted}` is missing");
    }
    let private = ["package/rust/", "package/.generated", "package/node_modules"];
    for path in files.keys() {
        assert!(!private.iter().any(|start| path.starts_with(start)), "`{path}` is private");
    }
}

#[test]
fn a_package_with_other_files_is_refused() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let package = packed(folder.path());
    let good = unpack(&package);
    let binaries = folder.path().display().to_string();
    let changed = |change: &dyn Fn(&mut Files), words: &str| {
        let mut files = good.clone();
        change(&mut files);
        repack(&package, &files);
        refused(&package, &["--binaries", &binaries], words);
    };
    changed(
        &|files| drop(files.insert("package/.npmrc".to_owned(), Vec::new())),
        "it has files more than it should: `.npmrc`",
    );
    changed(
        &|files| drop(files.remove("package/Package.swift")),
        "it has files less than it should: `Package.swift`",
    );
    changed(
        &|files| drop(files.insert("package/package.json".to_owned(), b"{}".to_vec())),
        "`package.json` is not what is built now",
    );
    changed(
        &|files| drop(files.insert("elsewhere".to_owned(), Vec::new())),
        "`elsewhere` is outside of the package",
    );
}

#[test]
fn the_binaries_stand_where_the_generated_files_look_for_them() {
    let output = xtask().args(["package-ios", "--toolchain", "xcode", "--dry-run"]).output();
    let plan = said(&output.expect("the built command can be started")).expect("it can be planned");
    let placed = plan.lines().last().and_then(|line| line.split_once(" to ./generated/"));
    let (_, place) = placed.unwrap_or_else(|| panic!("nothing is placed:\n{plan}"));
    for file in ["Package.swift", "CapacitorBackgroundRunner.podspec"] {
        let text = fs::read_to_string(root().join("generated").join(file)).expect("it is there");
        assert!(text.contains(place), "`{file}` does not name `{place}`");
    }
}

#[test]
#[cfg(target_arch = "x86_64")]
fn a_package_with_an_unfit_library_is_not_made() {
    let refused = |from: &Path, to: &str, words: &str| {
        let folder = tempfile::tempdir().expect("a folder can be made");
        place_all(from, &folder.path().join(to));
        let error = pack(folder.path()).expect_err("it is not fit for apps");
        assert!(error.contains(words), "`{words}` is not in:\n{error}");
    };
    let slice = Slice::new(Architecture::Aarch64, PLATFORM_IOSSIMULATOR);
    let framework = format!("ios/{MODULE}.xcframework");
    let words = "ios: ios-arm64: arm64: `runtime.o` is for platform 7, not for Ios";
    refused(&Framework::with_device(&slice).path(), &framework, words);
    let library = or_skip!(Library::build("", &["-Wl,-z,max-page-size=4096"]));
    let words = "android: x86_64/libbackground_runner.so: a segment is aligned to 0x1000";
    let folder = library.path().parent().expect("it is in a folder").to_path_buf();
    fs::remove_file(folder.join("library.c")).expect("it was compiled");
    refused(&folder, "android/src/main/jniLibs/x86_64", words);
}

#[test]
fn the_real_libraries_are_packed_where_they_belong() {
    let toolchain = or_skip!(toolchain());
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder can be made"));
    let packages = folders.each_ref().map(|folder| {
        place(&toolchain, folder.path());
        packed(folder.path())
    });
    let [first, second] = packages.each_ref().map(|it| fs::read(it).expect("it was made"));
    assert!(first == second, "{} bytes and {} bytes differ", first.len(), second.len());
    let [package, _] = &packages;
    let binaries = folders[0].path().display().to_string();
    let said = verify(package, &["--binaries", &binaries]).expect("it stays good");
    println!("{said}");
    assert!(said.contains("ios: ios-arm64: arm64: exports"), "{said}");
    assert!(said.contains("android: arm64-v8a/libbackground_runner.so: exports"), "{said}");
    let missing = |line: &str| {
        Some(line.strip_prefix("incomplete: without `")?.trim_end_matches('`').to_owned())
    };
    let missing: Vec<_> = said.lines().filter_map(missing).collect();
    // The 32-bit processors, and what the simulators' slice consists of.
    let on_demand = if all() { 0 } else { 2 + 3 };
    assert_eq!(missing.len(), on_demand, "without what is built on demand alone: {missing:?}");
    let (libraries, files) = (WalkDir::new(folders[0].path().join("ios")), unpack(package));
    let others = ["android", "wasm"].map(|it| WalkDir::new(folders[0].path().join(it)));
    for entry in libraries.into_iter().chain(others.into_iter().flatten()) {
        let path = entry.expect("it can be listed").into_path();
        if path.is_file() {
            let inside = path.strip_prefix(folders[0].path()).expect("it is inside");
            let packed = files.get(&format!("package/{}", inside.display()));
            let real = fs::read(&path).expect("it can be read");
            assert!(packed == Some(&real), "`{}` is not as it was built", inside.display());
        }
    }
}
