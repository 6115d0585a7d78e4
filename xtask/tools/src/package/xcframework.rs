//! An XCFramework: a folder with a library and headers for each platform, and a list of them.

use plist::{Dictionary, Value};

use super::target::{Platform, Target};

/// The list's file name.
pub(super) const PLIST: &str = "Info.plist";

/// The targets that share a folder: those of one platform.
pub(super) struct Slice {
    /// `ios-arm64_x86_64-simulator`.
    pub(super) name: String,
    pub(super) targets: Vec<&'static Target>,
}

impl Slice {
    /// How the slice differs from a phone's.
    pub(super) fn platform_variant(&self) -> Option<&'static str> {
        let simulator = self.targets.iter().any(|target| target.platform == Platform::Simulator);
        simulator.then_some("simulator")
    }
}

/// The slices that hold `targets`, named as Xcode names them.
pub(super) fn slices(targets: &[&'static Target]) -> Vec<Slice> {
    let platforms = [(Platform::Ios, ""), (Platform::Simulator, "-simulator")];
    platforms
        .iter()
        .filter_map(|(platform, suffix)| {
            let of = |target: &&&'static Target| target.platform == *platform;
            let targets: Vec<_> = targets.iter().filter(of).copied().collect();
            let archs: Vec<_> = targets.iter().map(|target| target.arch).collect();
            let name = format!("ios-{}{suffix}", archs.join("_"));
            (!targets.is_empty()).then_some(Slice { name, targets })
        })
        .collect()
}

/// The list of the slices, each with a library of this name.
pub(super) fn plist(slices: &[Slice], library: &str) -> String {
    let libraries = slices.iter().map(|slice| Value::from(entry(slice, library))).collect();
    let mut list = Dictionary::new();
    list.insert("AvailableLibraries".to_owned(), Value::Array(libraries));
    list.insert("CFBundlePackageType".to_owned(), "XFWK".into());
    list.insert("XCFrameworkFormatVersion".to_owned(), "1.0".into());
    let mut xml = Vec::new();
    Value::Dictionary(list)
        .to_writer_xml(&mut xml)
        .expect("a list of texts can be written to memory");
    let mut text = String::from_utf8(xml).expect("property lists are UTF-8");
    text.push('\n');
    text
}

fn entry(slice: &Slice, library: &str) -> Dictionary {
    let archs = slice.targets.iter().map(|target| target.arch.into()).collect();
    let mut entry = Dictionary::new();
    entry.insert("BinaryPath".to_owned(), library.into());
    entry.insert("HeadersPath".to_owned(), "Headers".into());
    entry.insert("LibraryIdentifier".to_owned(), slice.name.as_str().into());
    entry.insert("LibraryPath".to_owned(), library.into());
    entry.insert("SupportedArchitectures".to_owned(), Value::Array(archs));
    entry.insert("SupportedPlatform".to_owned(), "ios".into());
    if let Some(variant) = slice.platform_variant() {
        entry.insert("SupportedPlatformVariant".to_owned(), variant.into());
    }
    entry
}

/// The file that makes a C header a module for Swift.
pub(super) fn module_map(module: &str, header: &str) -> String {
    format!("module {module} {{\n    header \"{header}\"\n    export *\n}}\n")
}
