//! The npm package: always the same bytes, and nothing but what belongs in it.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};

use background_runner_tests::root;

use crate::{refused, said, xtask};

/// Contents by path.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Packs what there is into a folder of the test's own.
pub(crate) fn pack(folder: &Path) -> PathBuf {
    let output = xtask()
        .args(["package-npm", "--incomplete"])
        .env("CARGO_TARGET_DIR", folder)
        .output()
        .expect("the built command can be started");
    said(&output).expect("what there is can be packed");
    let packages = fs::read_dir(folder.join("package/npm")).expect("it was made");
    let mut packages = packages.map(|entry| entry.expect("it can be listed").path());
    packages.next().expect("there is one package")
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

#[test]
fn two_packages_are_the_same_bytes() {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder can be made"));
    let [first, second] =
        folders.each_ref().map(|folder| fs::read(pack(folder.path())).expect("it was made"));
    assert!(first == second, "{} bytes and {} bytes differ", first.len(), second.len());
}

#[test]
fn the_package_holds_the_generated_plugin_and_nothing_private() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let files = unpack(&pack(folder.path()));
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
    let package = pack(folder.path());
    let good = unpack(&package);
    let changed = |change: &dyn Fn(&mut Files), words: &str| {
        let mut files = good.clone();
        change(&mut files);
        repack(&package, &files);
        refused(&package, &[], words);
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
