//! `background-runner generate`: a schema's folder in, a project's folder out.

use std::{fs, path::Path};

use background_runner_tests::root;

use crate::{Ran, command};

fn generate(schema: &Path, output: &Path, check: bool) -> Ran {
    let paths =
        ["--schema", &schema.display().to_string(), "--output", &output.display().to_string()];
    let arguments = ["generate"].into_iter().chain(paths).chain(check.then_some("--check"));
    command(root(), arguments.map(str::to_owned))
}

#[test]
fn generating_writes_what_is_stale_and_checking_writes_nothing() {
    let output = tempfile::tempdir().unwrap();
    let schema = root().join("schema");
    let checked = generate(&schema, output.path(), true);
    assert_eq!(checked.code, 1, "{}", checked.stderr);
    assert!(checked.stdout.contains("+++ b/package.json"));
    assert_eq!(fs::read_dir(output.path()).unwrap().count(), 0);

    let generated = generate(&schema, output.path(), false);
    assert_eq!(generated.code, 0, "{}", generated.stderr);
    let package = output.path().join("package.json");
    let text = fs::read_to_string(&package).unwrap();
    assert_eq!(text, fs::read_to_string(root().join("generated/package.json")).unwrap());

    let clean = generate(&schema, output.path(), true);
    assert_eq!((clean.code, clean.stdout.as_str()), (0, ""));
    fs::write(&package, text.replace("MIT", "WTF")).unwrap();
    let stale = generate(&schema, output.path(), true);
    assert_eq!(stale.code, 1);
    assert!(stale.stdout.contains("-  \"license\": \"WTF\""), "{}", stale.stdout);
}

#[test]
fn a_bad_schema_is_told_and_leaves_the_project_alone() {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(root().join("schema")).unwrap().flatten() {
        if entry.path().is_file() {
            fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
    }
    let apis = folder.path().join("apis.ts");
    let text = fs::read_to_string(&apis).unwrap();
    fs::write(&apis, text.replace("getState(): AppState", "getState(): Nowhere")).unwrap();
    let output = folder.path().join("out");
    let ran = generate(folder.path(), &output, false);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("`Nowhere`") && ran.stderr.contains("apis.ts:"), "{}", ran.stderr);
    assert!(!output.exists());
}

#[test]
fn a_schema_that_is_not_there_is_a_wrong_use() {
    let ran = generate(Path::new("nowhere"), Path::new("out"), true);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("nowhere"), "{}", ran.stderr);
}
