//! The workflow that makes releases on public machines: no run of it can be seen here, but what it
//! says can be held against the project's commands.

use std::{collections::BTreeSet, fs, process::Command};

use background_runner_tests::{cargo, root, target_dir};
use yaml_rust2::{Yaml, YamlLoader};

use crate::{said, xtask};

/// The workflow's jobs, by name.
fn jobs() -> Vec<(String, Yaml)> {
    let text =
        fs::read_to_string(root().join(".github/workflows/package.yml")).expect("it is there");
    let documents = YamlLoader::load_from_str(&text).expect("it is YAML");
    let [workflow] = documents.as_slice() else { panic!("it is one document") };
    let jobs = workflow["jobs"].as_hash().expect("it has jobs");
    let name = |name: &Yaml| name.as_str().expect("jobs have names").to_owned();
    jobs.iter().map(|(key, job)| (name(key), job.clone())).collect()
}

fn texts(list: &Yaml) -> Vec<String> {
    let list = list
        .as_vec()
        .cloned()
        .unwrap_or_else(|| list.as_str().iter().map(|it| Yaml::String((*it).to_owned())).collect());
    list.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

/// The steps of a job.
fn steps(job: &Yaml) -> &[Yaml] {
    job["steps"].as_vec().expect("a job has steps")
}

/// The value of a key in what the steps of an action are given.
fn given(job: &Yaml, action: &str, key: &str) -> Vec<String> {
    let of = |step: &&Yaml| step["uses"].as_str().is_some_and(|uses| uses.starts_with(action));
    steps(job)
        .iter()
        .filter(of)
        .filter_map(|step| step["with"][key].as_str())
        .map(str::to_owned)
        .collect()
}

/// What `cargo xtask ARGUMENTS` would do, where its toolchain is not needed to say so.
fn plan(arguments: &[&str]) -> String {
    let mut command = xtask();
    command.args(arguments).arg("--dry-run").env("ANDROID_NDK_HOME", "/ndk");
    said(&command.output().expect("it can be started")).expect("the workflow's command is known")
}

#[test]
fn every_job_is_bounded_and_every_step_does_one_thing() {
    let jobs = jobs();
    let names: BTreeSet<_> = jobs.iter().map(|(name, _)| name.clone()).collect();
    for (name, job) in &jobs {
        assert!(job["runs-on"].as_str().is_some(), "`{name}` runs nowhere");
        assert!(job["timeout-minutes"].as_i64().is_some_and(|it| it <= 60), "`{name}` may hang");
        for needed in texts(&job["needs"]) {
            assert!(names.contains(&needed), "`{name}` needs `{needed}`, which is no job");
        }
        for step in steps(job) {
            let (uses, run) = (step["uses"].as_str(), step["run"].as_str());
            assert!(
                uses.is_some() != run.is_some(),
                "`{name}` has a step that is not one: {step:?}"
            );
            assert!(uses.is_none_or(|uses| uses.contains('@')), "{uses:?} is of any version");
        }
    }
}

#[test]
fn the_commands_are_known_and_get_the_targets_that_they_build() {
    cargo(&["build", "--quiet", "--package", "xtask"]);
    let help = Command::new(target_dir().join("debug/xtask")).arg("--help").output();
    let help = said(&help.expect("it can be started")).expect("it helps");
    for (name, job) in jobs() {
        for run in steps(&job).iter().filter_map(|step| step["run"].as_str()) {
            let Some(command) = run.strip_prefix("cargo xtask ") else { continue };
            let arguments: Vec<&str> = command.split_whitespace().collect();
            assert!(help.contains(&format!("\n  {} ", arguments[0])), "`{command}` in `{name}`");
            if !arguments[0].starts_with("package-") || arguments[0] == "package-npm" {
                continue;
            }
            let plan = plan(&arguments);
            let mut words = plan.split_whitespace();
            let mut built = BTreeSet::new();
            while words.any(|word| word == "--target") {
                built.extend(words.next().map(str::to_owned));
            }
            let [listed] = &given(&job, "dtolnay/rust-toolchain", "targets")[..] else {
                panic!("`{name}` installs no targets")
            };
            let listed: BTreeSet<_> = listed.split(", ").map(str::to_owned).collect();
            assert_eq!(listed, built, "`{name}`");
            let components = given(&job, "dtolnay/rust-toolchain", "components");
            let builds_std = plan.contains("-Zbuild-std");
            assert_eq!(components == ["rust-src"], builds_std, "`{name}` has {components:?}");
        }
    }
}

#[test]
fn every_target_that_debian_can_build_is_built_and_tested() {
    let jobs = jobs();
    let (_, check) = jobs.iter().find(|(name, _)| name == "check").expect("it is a job");
    let [.., install, test] = steps(check) else { panic!("it installs and tests") };
    assert_eq!(install["run"].as_str(), Some("cargo xtask setup-tests selfhost"));
    assert!(test["run"].as_str().is_some_and(|run| run.ends_with("--test package")), "{test:?}");
    assert_eq!(test["env"]["BACKGROUND_RUNNER_ALL_TARGETS"].as_i64(), Some(1));
}

#[test]
fn what_is_built_is_handed_on_from_where_it_is_left() {
    let all = jobs();
    for (name, command) in [
        ("ios", ["package-ios", "--toolchain", "xcode"]),
        ("android", ["package-android", "--toolchain", "ndk"]),
    ] {
        let (_, job) = all.iter().find(|(it, _)| it == name).expect("it is a job");
        let kept = given(job, "actions/upload-artifact", "path").join("\n");
        let plan = plan(&command);
        for path in kept.lines().map(|path| path.trim().trim_end_matches("/*.xcframework")) {
            let stem =
                path.trim_end_matches(".zip").trim_end_matches(".checksum").trim_end_matches('*');
            assert!(plan.contains(stem.trim_end_matches('/')), "`{path}` is not in:\n{plan}");
        }
    }
    let (_, npm) = all.iter().find(|(it, _)| it == "npm").expect("it is a job");
    assert_eq!(given(npm, "actions/download-artifact", "name"), ["ios", "android"]);
}
