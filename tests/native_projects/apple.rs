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
    // SwiftPM may talk before and after it.
    let package = package.find('{').map_or("", |start| &package[start..]);
    let package = serde_json::Deserializer::from_str(package).into_iter().next();
    Ok((
        serde_json::from_str(&pod).expect("the evaluation prints JSON"),
        package.expect("SwiftPM prints something").expect("SwiftPM prints JSON"),
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
    let (spec, core, location) =
        (&pod["spec"], &pod["subspecs"]["Core"], &pod["subspecs"]["Location"]);
    let targets = package["targets"].as_array().expect("it has targets");
    let name = text(&package["name"]);
    let location_name = format!("{name}Location");

    assert_eq!(spec["name"], name);
    let platform = &package["platforms"][0];
    assert_eq!(package["platforms"].as_array().map(Vec::len), Some(1));
    assert_eq!(platform["platformName"], "ios");
    assert_eq!(spec["ios"]["deployment_target"], platform["version"]);
    let tools = text(&package["toolsVersion"]["_version"]);
    assert!(tools.starts_with(text(&spec["swift_version"])), "{tools}");
    // What the compiler is told by SwiftPM, whatever the package is called, Xcode has to be told.
    assert_eq!(spec["pod_target_xcconfig"], json!({ "SWIFT_PACKAGE_NAME": name }));

    let native: Vec<&Value> = of_type(targets, "binary").map(|target| &target["path"]).collect();
    assert_eq!(native, [&core["vendored_frameworks"]]);
    let is_location = |target: &&Value| target["name"] == location_name.as_str();
    let sources: BTreeSet<String> =
        of_type(targets, "regular").filter(|target| !is_location(target)).flat_map(files).collect();
    assert_eq!(found(&pod, "Core"), sources);
    let sources: BTreeSet<String> =
        of_type(targets, "regular").filter(is_location).flat_map(files).collect();
    assert_eq!(found(&pod, "Location"), sources);
    assert_eq!(bundled(core), resources(targets));

    // SwiftPM has Capacitor in two products, and CocoaPods in a pod that brings the other with it.
    let dependencies: BTreeSet<&str> = targets
        .iter()
        .flat_map(|target| target["dependencies"].as_array().expect("it is a list"))
        .filter_map(|dependency| dependency["product"][0].as_str())
        .collect();
    assert_eq!(dependencies, BTreeSet::from(["Capacitor", "Cordova"]));
    assert_eq!(core["dependency"], json!([["Capacitor"]]));
    assert_eq!(location["dependency"], json!([[format!("{name}/Core")]]));

    let npm = fs::read_to_string(root().join("generated/package.json")).expect("it is generated");
    let npm: Value = serde_json::from_str(&npm).expect("it is JSON");
    assert_eq!(spec["version"], npm["version"]);
    assert_eq!(spec["license"], npm["license"]);
    assert_eq!(spec["source"]["tag"], npm["version"]);
}

/// The App Store looks at what an app refers to, not at what it does (ITMS-90683): only those who add the product or
/// the subspec refer to the location.
#[test]
fn an_app_without_location_refers_to_none() {
    let (pod, package) = or_skip!(evaluated());
    let name = text(&package["name"]);
    assert_eq!(pod["spec"]["default_subspecs"], "Core");
    assert_eq!(pod["subspecs"]["Location"]["frameworks"], "CoreLocation");
    let products = package["products"].as_array().expect("it has products").iter();
    let products: Vec<&str> = products.map(|product| text(&product["name"])).collect();
    assert_eq!(products, [name.to_owned(), format!("{name}Location")]);
    // No target that every app has leads to the one with the location.
    let targets = package["targets"].as_array().expect("it has targets");
    for target in targets {
        let needed = target["dependencies"].to_string();
        assert!(!needed.contains(&format!("{name}Location")), "{target}");
    }
    for file in found(&pod, "Core") {
        let source = fs::read_to_string(root().join("generated").join(&file)).expect("it is there");
        for reference in ["CoreLocation", "CLLocation", "requestAlways", "requestWhenInUse"] {
            assert!(!source.contains(reference), "`{reference}` in {file}");
        }
    }
    let source =
        found(&pod, "Location").into_iter().map(|file| root().join("generated").join(file));
    let source: String = source.filter_map(|file| fs::read_to_string(file).ok()).collect();
    assert!(source.contains("requestAlwaysAuthorization"));
    // The plugin looks the class up by its name, in the module of either.
    assert!(source.contains("class LocationManager: NSObject"));
}

/// Apple wants a reason for each of these, of a library as well.
#[test]
fn the_privacy_manifest_names_what_the_sources_use() {
    let folder = root().join("generated/ios/Sources/CapacitorBackgroundRunner");
    let manifest = fs::read_to_string(folder.join("PrivacyInfo.xcprivacy")).expect("it is there");
    for (category, reason) in
        [("UserDefaults", "CA92.1"), ("SystemBootTime", "35F9.1"), ("FileTimestamp", "C617.1")]
    {
        let at = manifest.find(&format!("NSPrivacyAccessedAPICategory{category}<"));
        let reasons = &manifest[at.unwrap_or_else(|| panic!("no {category}"))..];
        let end = reasons.find("</dict>").unwrap_or(reasons.len());
        assert!(reasons[..end].contains(&format!("<string>{reason}</string>")), "{category}");
    }
}

fn of_type<'a>(targets: &'a [Value], kind: &str) -> impl Iterator<Item = &'a Value> {
    let kind = json!(kind);
    targets.iter().filter(move |target| target["type"] == kind)
}

/// The files that CocoaPods finds for a subspec.
fn found(pod: &Value, subspec: &str) -> BTreeSet<String> {
    let files = pod["files"][subspec].as_array().expect("it has files").iter();
    files.map(|file| text(file).to_owned()).collect()
}

/// The resources of SwiftPM's targets, each of which is there.
fn resources(targets: &[Value]) -> Vec<String> {
    let resources = of_type(targets, "regular").flat_map(|target| {
        let list = target["resources"].as_array().expect("it is a list").iter();
        list.map(|resource| {
            let path = Path::new(text(&target["path"])).join(text(&resource["path"]));
            assert!(root().join("generated").join(&path).exists(), "{}", path.display());
            path.to_string_lossy().into_owned()
        })
    });
    resources.collect()
}

/// The resources of a subspec.
fn bundled(subspec: &Value) -> Vec<&str> {
    let bundles = subspec["resource_bundles"].as_object().expect("it has bundles");
    bundles.values().flat_map(|files| files.as_array().expect("a list").iter().map(text)).collect()
}
