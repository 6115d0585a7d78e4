//! `docgen` of megabytes of declarations: what is five times as large may take five times as long.

use std::{fmt::Write as _, fs, path::Path};

use miette::{IntoDiagnostic as _, Result, ensure};

use super::{figures::Figure, measure::Bench, report::Row};

const RUNS: usize = 5;

/// How the smaller of two inputs is called beside the larger.
const SMALLER: &str = "a fifth of it";

/// A mode of `docgen`, and how large the larger input is.
const CASES: [(&str, usize); 2] = [("compatible", 5 << 20), ("clean", 2 << 20)];

/// CPU for an input, beside that for a fifth of it: the files are without semicolons, so that
/// statements are found by parsing.
pub(super) fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (mode, size) in CASES {
        let [small, large] = [size / 5, size].map(|size| taken(bench, mode, size));
        let beside = Figure::of(small?).map(|figure| (SMALLER, figure));
        let name = format!("docgen --mode {mode} of {} MB of declarations, CPU", size >> 20);
        let row = Row::new(name, "ms", Figure::of(large?)).beside(beside.into_iter().collect());
        // A tenth more for what grows with the logarithm, the rest for the machine's own noise.
        rows.push(row.against(SMALLER, 7.5, 5.5));
    }
    Ok(rows)
}

fn taken(bench: &Bench, mode: &str, size: usize) -> Result<Vec<f64>> {
    let folder = bench.folder.join(format!("docgen-{mode}-{size}"));
    write(&folder, size)?;
    let cli = bench.cli()?.display().to_string();
    let place = folder.display().to_string();
    let command = ["env", "-C", &place, &cli, "docgen", "--mode", mode, "--api", "LargePlugin"];
    let command = [&command[..], &["--silent", "-r", "README.md", "-j", "docs.json"]].concat();
    let [cpu, ..] = bench.process(RUNS, &command)?;
    let page = fs::read_to_string(folder.join("README.md")).into_diagnostic()?;
    ensure!(page.contains("The last one."), "the page does not go to the end");
    Ok(cpu)
}

/// A plugin of that many bytes, in half methods and in half types that they mention.
fn write(folder: &Path, size: usize) -> Result<()> {
    let (mut methods, mut types, mut count) = (String::new(), String::new(), 0);
    while methods.len() + types.len() < size {
        let _ = write!(
            methods,
            "  /**\n   * Number {count}.\n   *\n   * @param options what is given\n   * @since 1.{count}.0\n   */\n  method{count}(options: Options{count}): Promise<void>\n"
        );
        let _ = write!(
            types,
            "/** Of number {count}. */\nexport interface Options{count} {{\n  /** A value. */\n  value?: string\n}}\ntype Hidden{count} = 'a' | 'b'\n"
        );
        count += 1;
    }
    let text = format!(
        "export interface LargePlugin {{\n{methods}  /** The last one. */\n  last(): void\n}}\n{types}"
    );
    fs::create_dir_all(folder).into_diagnostic()?;
    for (name, text) in [
        ("definitions.ts", text.as_str()),
        (
            "tsconfig.json",
            r#"{ "files": ["definitions.ts"], "compilerOptions": { "noLib": true } }"#,
        ),
        ("README.md", "# Large\n\n<docgen-index></docgen-index>\n\n<docgen-api></docgen-api>\n"),
    ] {
        fs::write(folder.join(name), text).into_diagnostic()?;
    }
    Ok(())
}
