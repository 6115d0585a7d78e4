//! The library that apps link, the generator, and `docgen` beside the tool that it replaces.

use std::{
    fs,
    path::{Path, PathBuf},
};

use miette::{IntoDiagnostic as _, Result, ensure};
use serde_json::json;

use super::{figures::Figure, measure::Bench, peers::install_packages, report::Row};

/// How often a command is started.
const RUNS: usize = 25;

/// How often the original docgen is: it takes seconds.
const ORIGINAL_RUNS: usize = 3;

/// The original docgen, what it needs, and the plugin that both document.
const PACKAGES: [&str; 5] = [
    "@capacitor/docgen@0.3.1",
    "@capacitor/core@8.5.2",
    "@capacitor/cli@7.6.9",
    "@types/node@26.6.6",
    "@capacitor/local-notifications@8.3.1",
];
const PLUGIN: (&str, &str) =
    ("node_modules/@capacitor/local-notifications", "LocalNotificationsPlugin");
const README: &str = "# Plugin\n\n<docgen-index></docgen-index>\n\n<docgen-api></docgen-api>\n";

/// What the runtime with every web API adds to an app, built as releases are.
#[expect(clippy::unnecessary_wraps, reason = "the other groups can fail as a whole")]
pub(super) fn size(bench: &Bench) -> Result<Vec<Row>> {
    eprintln!("    building the library for phones");
    let sizes = crate::package::sizes(bench.sh).into_iter();
    let rows = sizes.map(|(target, bytes)| {
        let name = format!("every web API, in an app for `{target}`");
        let row = match bytes {
            #[expect(clippy::cast_precision_loss, reason = "a library is small")]
            Ok(bytes) => Row::new(name, "KiB", Some(Figure::once(bytes as f64 / 1024.0))),
            Err(error) => Row::missing(name, error),
        };
        let must = if target.ends_with("ios") { 2.0 } else { 2.5 };
        row.at_most(must * 1024.0, 1.6 * 1024.0)
    });
    Ok(rows.collect())
}

/// `background-runner generate` into an empty folder's place, and `--check` of what is there.
pub(super) fn generate(bench: &Bench) -> Result<Vec<Row>> {
    let sh = bench.sh;
    let cli = bench.cli()?.display().to_string();
    let output = bench.folder.join("generated").display().to_string();
    let command = [&cli, "generate", "--schema", "schema", "--output", &output];
    sh.cmd(&cli).args(&command[1..]).quiet().ignore_stdout().run().into_diagnostic()?;
    let check = [&command[..], &["--check"]].concat();
    let mut rows = Vec::new();
    for (name, command) in [("generate", &command[..]), ("generate --check", &check)] {
        let [cpu, wall, memory] = bench.process(RUNS, command)?;
        let row = |what, unit, taken| Row::new(format!("{name}, {what}"), unit, Figure::of(taken));
        rows.push(row("CPU", "ms", cpu).at_most(20.0, 5.0));
        rows.push(row("wall", "ms", wall).at_most(40.0, 10.0));
        rows.push(row("peak memory", "MiB", memory).at_most(30.0, 20.0));
    }
    Ok(rows)
}

/// Documents one plugin with both tools, and sees that they agree.
pub(super) fn docgen(bench: &Bench) -> Result<Vec<Row>> {
    let workshop = bench.folder.join("docgen");
    install_packages(bench.sh, &workshop, &PACKAGES)?;
    let (theirs, ours) = (plugin(&workshop, "theirs")?, plugin(&workshop, "ours")?);
    let cli = bench.cli()?.display().to_string();
    let script = workshop.join("node_modules/@capacitor/docgen/bin/docgen").display().to_string();
    let arguments = ["--api", PLUGIN.1, "--output-readme", "README.md"];
    let inside = |folder: &Path, program: &[&str]| -> Vec<String> {
        let folder = folder.display().to_string();
        let start = ["env", "-C", &folder];
        start.iter().chain(program).chain(&arguments).map(ToString::to_string).collect()
    };
    let original = inside(&theirs, &["node", &script]);
    let replacement = inside(&ours, &[&cli, "docgen"]);
    let taken = |runs, command: &[String]| {
        bench.process(runs, &command.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let theirs_taken = taken(ORIGINAL_RUNS, &original)?;
    let ours_taken = taken(RUNS, &replacement)?;
    let page = |folder: &PathBuf| fs::read_to_string(folder.join("README.md")).into_diagnostic();
    ensure!(page(&theirs)? == page(&ours)?, "the two tools do not write the same page");
    let units = [("CPU", "ms"), ("wall", "ms"), ("peak memory", "MiB")];
    let rows = units.into_iter().zip(ours_taken).zip(theirs_taken);
    Ok(rows
        .map(|(((what, unit), ours), theirs)| {
            let theirs = Figure::of(theirs).map(|figure| ("original", figure));
            let row = Row::new(format!("docgen of one plugin, {what}"), unit, Figure::of(ours))
                .beside(theirs.into_iter().collect());
            if what == "CPU" { row.against("original", 0.01, 1.0 / 700.0) } else { row }
        })
        .collect())
}

/// A folder with the plugin's declarations and an empty README for one of the tools.
fn plugin(workshop: &Path, tool: &str) -> Result<PathBuf> {
    let folder = workshop.join(tool);
    fs::create_dir_all(&folder).into_diagnostic()?;
    let entry = format!("../{}/dist/esm/index.d.ts", PLUGIN.0);
    let options = json!({"strict": true, "target": "es2017", "lib": ["dom", "es2017"]});
    let settings = json!({"compilerOptions": options, "files": [entry]});
    let package = json!({"name": "plugin", "version": "1.0.0"});
    for (file, text) in [
        ("tsconfig.json", settings.to_string()),
        ("package.json", package.to_string()),
        ("README.md", README.to_owned()),
    ] {
        fs::write(folder.join(file), text).into_diagnostic()?;
    }
    Ok(folder)
}
