//! The podspec and `Package.swift`: two descriptions of one thing.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use background_runner_tests::{Debian, or_skip, root};
use serde_json::{Value, json};
use walkdir::WalkDir;

use super::sources;

/// What Ruby makes of the podspec, and SwiftPM of `Package.swift`.
fn evaluated() -> Result<(Value, Value), String> {
    let debian = Debian::with("ruby", "native-projects/apple")?;
    Debian::with("swiftlang", "native-projects/apple")?;
    debian.place(&root().join("generated/ios"), "plugin/ios");
    for name in ["Package.swift", "package.json", "CapacitorBackgroundRunner.podspec"] {
        let bytes = fs::read(root().join("generated").join(name)).expect("it is generated");
        debian.write(&format!("plugin/{name}"), &bytes);
    }
    let script = fs::read(sources().join("podspec.rb")).expect("it is there");
    debian.write("podspec.rb", &script);
    let pod = debian.expect(&["ruby", "podspec.rb", "plugin/CapacitorBackgroundRunner.podspec"]);
    let package = debian.expect(&["swift", "package", "--package-path", "plugin", "dump-package"]);
    let package = package.find('{').map_or("", |start| &package[start..]);
    Ok((
        serde_json::from_str(&pod).expect("the evaluation prints JSON"),
        serde_json::from_str(package).expect("SwiftPM prints JSON"),
    ))
}

/// The sources below a target's folder, as paths from the package's root.
fn files(target: &Value) -> impl Iterator<Item = String> {
    let folder = root().join("generated").join(text(&target["path"]));
    let entries = WalkDir::new(folder).into_iter().map(|entry| entry.expect("it can be listed"));
    let paths = entries.map(walkdir::DirEntry::into_path).filter(|path| path.is_file());
    let is_source = |path: &PathBuf| {
        let extension = path.extension().unwrap_or_default();
        ["swift", "c", "h"].iter().any(|known| extension == *known)
    };
    paths.filter(is_source).map(|path| {
        let below = path.strip_prefix(root().join("generated")).expect("it is below");
        below.to_string_lossy().into_owned()
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

#[test]
fn the_podspec_says_what_the_package_says() {
    let (pod, package) = or_skip!(evaluated());
    let spec = &pod["spec"];
    let targets = package["targets"].as_array().expect("it has targets");
    let of_type = |kind: &str| {
        let kind = kind.to_owned();
        targets.iter().filter(move |target| target["type"] == json!(kind))
    };

    let name = &package["name"];
    assert_eq!(&spec["name"], name);
    assert_eq!(&package["products"][0]["name"], name);
    let platform = &package["platforms"][0];
    assert_eq!(package["platforms"].as_array().map(Vec::len), Some(1));
    assert_eq!(platform["platformName"], "ios");
    assert_eq!(spec["ios"]["deployment_target"], platform["version"]);
    let tools = text(&package["toolsVersion"]["_version"]);
    assert!(tools.starts_with(text(&spec["swift_version"])), "{tools}");

    let native: Vec<&Value> = of_type("binary").map(|target| &target["path"]).collect();
    assert_eq!(native, [&spec["vendored_frameworks"]]);
    let sources: BTreeSet<String> = of_type("regular").flat_map(files).collect();
    let found = pod["files"].as_array().expect("it has files").iter();
    assert_eq!(found.map(|file| text(file).to_owned()).collect::<BTreeSet<_>>(), sources);

    let resources: Vec<String> = of_type("regular")
        .flat_map(|target| {
            let list = target["resources"].as_array().expect("it is a list").iter();
            list.map(|resource| {
                let path = Path::new(text(&target["path"])).join(text(&resource["path"]));
                path.to_string_lossy().into_owned()
            })
        })
        .collect();
    let bundles = spec["resource_bundles"].as_object().expect("it has bundles");
    let bundled: Vec<&str> = bundles
        .values()
        .flat_map(|files| files.as_array().expect("a list").iter().map(text))
        .collect();
    assert_eq!(bundled, resources);
    assert!(resources.iter().any(|path| path.ends_with("PrivacyInfo.xcprivacy")), "{resources:?}");
    for path in &resources {
        assert!(root().join("generated").join(path).exists(), "{path}");
    }

    let products: BTreeSet<&str> = targets
        .iter()
        .flat_map(|target| target["dependencies"].as_array().expect("it is a list"))
        .filter_map(|dependency| dependency["product"][0].as_str())
        .collect();
    // SwiftPM has Capacitor in two products, and CocoaPods in a pod that brings the other with it.
    assert_eq!(products, BTreeSet::from(["Capacitor", "Cordova"]));
    assert_eq!(spec["dependency"], json!([["Capacitor"]]));

    let npm = fs::read_to_string(root().join("generated/package.json")).expect("it is generated");
    let npm: Value = serde_json::from_str(&npm).expect("it is JSON");
    assert_eq!(spec["version"], npm["version"]);
    assert_eq!(spec["license"], npm["license"]);
    assert_eq!(spec["source"]["tag"], npm["version"]);
}
