//! Every provider's plan, without carrying it out and without its tools.

use crate::{said, xtask};

/// The plan of a command, the same on every machine.
fn plan(arguments: &[&str]) -> String {
    let mut command = xtask();
    command.args(arguments).arg("--dry-run");
    command.env("ANDROID_NDK_HOME", "/ndk").env("BACKGROUND_RUNNER_CACHE", "/tmp");
    said(&command.output().expect("the built command can be started")).expect("it can be planned")
}

#[test]
fn xcode_builds_three_slices_into_one_framework() {
    insta::assert_snapshot!(plan(&["package-ios", "--toolchain", "xcode"]));
}

#[test]
fn the_ndk_builds_four_processors() {
    insta::assert_snapshot!(plan(&["package-android", "--toolchain", "ndk"]));
}

#[test]
fn the_selfhosted_toolchain_builds_a_slice_for_ios() {
    let target = "aarch64-apple-ios-sim";
    insta::assert_snapshot!(plan(&["package-ios", "--toolchain", "selfhost", "--target", target]));
}

#[test]
fn the_selfhosted_toolchain_builds_a_marked_library_for_android() {
    let target = "armv7-linux-androideabi";
    insta::assert_snapshot!(plan(&[
        "package-android",
        "--toolchain",
        "selfhost",
        "--target",
        target
    ]));
}

#[test]
fn the_selfhosted_toolchain_builds_for_an_emulated_processor() {
    insta::assert_snapshot!(plan(&["package-linux"]));
}

#[test]
fn the_selfhosted_toolchain_builds_a_module() {
    insta::assert_snapshot!(plan(&["package-wasm"]));
}

#[test]
fn features_reach_cargo() {
    let plan = plan(&["package-linux", "--no-default-features", "--features", "streams,crypto"]);
    assert!(plan.contains("--no-default-features --features streams,crypto"), "{plan}");
}

#[test]
fn a_part_that_is_left_out_takes_along_what_needs_it() {
    let without = |part| plan(&["package-linux", "--without", part]);
    let text = without("crypto-subtle");
    assert!(text.contains("--no-default-features --features compression,url-pattern"), "{text}");
    let text = without("compression");
    assert!(text.contains(" --features crypto-curves,crypto-subtle,url-pattern"), "{text}");
}

#[test]
fn what_cannot_be_planned_is_said_with_the_way_out() {
    let refused = |arguments: &[&str]| {
        let output = xtask().args(arguments).arg("--dry-run").output();
        said(&output.expect("it can be started")).expect_err("it cannot be planned")
    };
    let error = refused(&["package-linux", "--without", "fetch"]);
    assert!(error.contains("`fetch` cannot be left out"), "{error}");
    assert!(error.contains("these can: `compression`, `crypto-curves`"), "{error}");
    let error = refused(&["package-ios", "--toolchain", "ndk"]);
    assert!(error.contains("`ndk` does not build for this platform"), "{error}");
    let error = refused(&["package-ios", "--toolchain", "gcc"]);
    assert!(error.contains("the toolchains are `xcode`, `ndk` and `selfhost`"), "{error}");
    let error = refused(&["package-ios", "--target", "x86_64-linux-android"]);
    assert!(error.contains("no target `x86_64-linux-android`"), "{error}");
}

#[test]
fn a_missing_ndk_is_named_with_what_it_is_for() {
    let mut command = xtask();
    command.args(["package-android", "--toolchain", "ndk"]);
    for name in ["ANDROID_NDK_HOME", "ANDROID_NDK_ROOT", "ANDROID_HOME"] {
        command.env_remove(name);
    }
    let error = said(&command.output().expect("it can be started")).expect_err("there is none");
    assert!(error.contains("there is no NDK, whose compiler and headers make"), "{error}");
    assert!(error.contains("set `ANDROID_NDK_HOME` or `ANDROID_HOME`"), "{error}");
}
