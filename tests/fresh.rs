//! `generated/` is what `schema/` generates, no more and no less; and how a folder is kept so.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use background_runner_tests::root;
use codegen::project::{self, ProjectError};

#[test]
fn generated_is_fresh() {
    let plan = plan(&root().join("schema"), &root().join("generated"));
    let stale = plan.changes.len();
    assert!(stale == 0, "{stale} files are stale: run `cargo xtask generate`\n{}", plan.diff());
    // What is not translated is in English until a release: it is told, and fails nothing.
    for report in plan.untranslated {
        println!("{:?}", miette::Report::new(report));
    }
}

#[test]
fn generated_holds_nothing_else() {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "generated"])
        .current_dir(root())
        .output()
        .expect("git lists the files");
    let tracked = String::from_utf8(output.stdout).expect("our file names are UTF-8");
    let tracked: BTreeSet<&str> =
        tracked.lines().filter_map(|path| path.strip_prefix("generated/")).collect();
    let schema = project::read_schema(&root().join("schema")).expect("the schema can be read");
    let files = codegen::generate(&schema).expect("the schema has no faults");
    let generated: BTreeSet<&str> = files.iter().map(|(path, _)| path).collect();
    let extra: Vec<_> = tracked.difference(&generated).collect();
    assert!(extra.is_empty(), "nobody generates {extra:?}");
}

fn plan(schema: &Path, output: &Path) -> project::Plan {
    project::plan(schema, output).expect("the schema has no faults")
}

/// A copy of the schema to edit, and a folder to generate into.
fn workshop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let schema = folder.path().join("schema");
    fs::create_dir(&schema).expect("the folder is ours");
    for (name, text) in project::read_schema(&root().join("schema")).expect("it can be read").iter()
    {
        let path = schema.join(name);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder is ours");
        fs::write(path, text).expect("the folder is ours");
    }
    folder
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("it can be read");
    assert!(text.contains(from), "{} does not say {from:?}", path.display());
    fs::write(path, text.replace(from, to)).expect("it can be written");
}

#[test]
fn only_what_changed_is_written() {
    let folder = workshop();
    let (schema, output) = (folder.path().join("schema"), folder.path().join("out"));
    let first = plan(&schema, &output);
    assert!(first.unchanged == 0 && first.changes.iter().all(|change| change.old.is_none()));
    first.apply().expect("the folder is ours");
    assert!(plan(&schema, &output).changes.is_empty());

    edit(&schema.join("apis.ts"), "Reads the state of the battery.", "Looks how full it is.");
    let second = plan(&schema, &output);
    let paths: Vec<&str> = second.changes.iter().map(|change| &*change.path).collect();
    assert!(paths.contains(&"src/apis.ts") && !paths.contains(&"src/web.ts"), "{paths:?}");
    assert!(second.diff().contains("+   * Looks how full it is."), "{}", second.diff());
    let web = output.join("src/web.ts");
    let before = fs::metadata(&web).and_then(|meta| meta.modified()).expect("it is there");
    second.apply().expect("the folder is ours");
    let after = fs::metadata(&web).and_then(|meta| meta.modified()).expect("it is there");
    assert_eq!(before, after, "what did not change is not written");
}

#[test]
fn files_that_are_no_longer_generated_go_and_others_stay() {
    let folder = workshop();
    let (schema, output) = (folder.path().join("schema"), folder.path().join("out"));
    plan(&schema, &output).apply().expect("the folder is ours");
    fs::create_dir_all(output.join("dist/old")).expect("the folder is ours");
    fs::write(output.join("dist/old/mine.txt"), "mine").expect("the folder is ours");
    let list = output.join(".generated");
    let listed = fs::read_to_string(&list).expect("it is there");
    fs::write(output.join("gone.txt"), "old").expect("the folder is ours");
    fs::write(folder.path().join("outside.txt"), "mine").expect("the folder is ours");
    fs::write(&list, listed + "gone.txt\n../outside.txt\n/etc/passwd\nnever/was.txt\n")
        .expect("the folder is ours");

    let plan = plan(&schema, &output);
    let removed: Vec<_> = plan
        .changes
        .iter()
        .filter(|change| change.new.is_none())
        .map(|change| &*change.path)
        .collect();
    assert_eq!(removed, ["gone.txt"]);
    plan.apply().expect("the folder is ours");
    assert!(!output.join("gone.txt").exists());
    assert!(
        output.join("dist/old/mine.txt").exists() && folder.path().join("outside.txt").exists()
    );
}

#[test]
fn a_bad_schema_leaves_the_package_untouched() {
    let folder = workshop();
    let (schema, output) = (folder.path().join("schema"), folder.path().join("out"));
    plan(&schema, &output).apply().expect("the folder is ours");
    edit(&schema.join("apis.ts"), "batteryLevel: number;", "batteryLevel: nmber;");
    edit(&schema.join("apis.ts"), "isCharging: boolean;", "isCharging: symbol;");
    let Err(ProjectError::Schema(error)) = project::plan(&schema, &output) else {
        panic!("the schema has faults");
    };
    assert_eq!(error.complaints().count(), 2, "both at once: {error:?}");
    let before = fs::read_to_string(output.join("src/apis.ts")).expect("it is there");
    assert!(before.contains("batteryLevel: number;"));
}

#[test]
fn a_folder_that_is_not_there_is_said_so() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let error = project::plan(&folder.path().join("nowhere"), folder.path())
        .expect_err("there is no schema");
    assert!(error.to_string().starts_with("cannot read"), "{error}");
}
