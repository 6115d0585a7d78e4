//! `background-runner build`: a runner and what it imports as one file, where the app looks for it.

use std::{
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use bundle::Problem;
use clap::Args;
use miette::{IntoDiagnostic as _, Result, WrapErr as _, bail, miette};
use serde::Serialize;

use crate::{
    app::App,
    bundled::{self, Bundled},
    disk::slashed,
    watch::Watch,
};

/// Bundle the app's runners, each with what it imports, into one file
///
/// Types are stripped, what is not used is left out, and a source map stands beside the file. In the
/// folder of a Capacitor app the file goes where `src` of the configuration says, below `webDir`: have
/// `cap sync` call it by the script `"capacitor:copy:before": "background-runner build"` in
/// `package.json`. Neither Node.js nor a bundler is needed.
#[derive(Args)]
pub(crate) struct Build {
    /// The runner: a JavaScript or TypeScript file [default: those of the app's configuration]
    file: Option<PathBuf>,
    /// Where the bundle goes [default: where the app looks for it]
    #[arg(long, short, value_name = "FILE.js")]
    output: Option<PathBuf>,
    /// Of several runners, the one with this label
    #[arg(long)]
    label: Option<String>,
    /// Write no source map
    #[arg(long)]
    no_map: bool,
    /// Print one line of JSON and nothing else
    #[arg(long)]
    json: bool,
    /// Build again whenever a file changes that is in a bundle
    #[arg(long)]
    watch: bool,
}

/// A bundle that is wanted.
struct Wanted {
    entry: PathBuf,
    output: PathBuf,
    /// The folder that names are seen from.
    root: PathBuf,
    label: Option<String>,
}

/// What was built.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Built {
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    map: Option<String>,
    bytes: usize,
    files: usize,
    packages: Vec<String>,
    duration_ms: f64,
}

/// What stands in the way.
#[derive(Serialize)]
struct Wrong {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    file: String,
    line: usize,
    column: usize,
}

/// The JSON line.
#[derive(Serialize)]
struct Line {
    built: Vec<Built>,
    errors: Vec<Wrong>,
}

impl Build {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        if !self.watch {
            let (is_right, _) = self.once()?;
            return Ok(if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        let mut watch = Watch::new()?;
        loop {
            // What is wrong now may be right after the next change.
            let read = self.once().map_or_else(
                |report| {
                    eprintln!("{report:?}");
                    self.file.iter().cloned().collect()
                },
                |(_, read)| read,
            );
            for file in &read {
                watch.add(file)?;
            }
            if watch.changed().is_none() {
                return Ok(ExitCode::SUCCESS);
            }
        }
    }

    /// Builds everything once; whether all is right, and the files that matter.
    fn once(&self) -> Result<(bool, Vec<PathBuf>)> {
        let mut line = Line { built: Vec::new(), errors: Vec::new() };
        let mut read = Vec::new();
        for wanted in self.wanted()? {
            let began = Instant::now();
            read.push(wanted.entry.clone());
            match bundled::bundle(&wanted.entry, &wanted.output, &wanted.root) {
                Ok(bundled) => {
                    self.write(&wanted, &bundled)?;
                    read.extend(bundled.read.iter().cloned());
                    let built = self.built(wanted, bundled, began);
                    if !self.json {
                        tell(&built);
                    }
                    line.built.push(built);
                }
                Err(problems) => {
                    read.extend(problems.iter().map(|it| it.file.clone()));
                    for problem in problems {
                        if !self.json {
                            eprintln!("{:?}", bundled::report(&problem, &wanted.root));
                        }
                        line.errors.push(wrong(&problem, &wanted.root));
                    }
                }
            }
        }
        if self.json {
            let text = serde_json::to_string(&line).into_diagnostic()?;
            // A reader that has gone is no reason to fail.
            let _ = writeln!(io::stdout(), "{text}");
        }
        Ok((line.errors.is_empty(), read))
    }

    fn write(&self, wanted: &Wanted, bundled: &Bundled) -> Result<()> {
        let output = &wanted.output;
        let is_source = fs::canonicalize(output).is_ok_and(|output| bundled.read.contains(&output));
        if is_source {
            let help =
                "keep the source in `runners/` or `src/`, or name another file with `--output`";
            return Err(miette!(
                help = help,
                "`{}` is a source of the bundle itself",
                output.display()
            ));
        }
        let map = with_ending(output, ".map");
        let mut code = bundled.code.as_str();
        if self.no_map {
            code = code.rsplit_once("//# sourceMappingURL=").map_or(code, |(code, _)| code);
        } else {
            put(&map, &bundled.map)?;
        }
        put(output, code)
    }

    fn built(&self, wanted: Wanted, bundled: Bundled, began: Instant) -> Built {
        let here = env::current_dir().unwrap_or_default();
        let shown = |path: &Path| {
            let path = path.strip_prefix(&here).unwrap_or(path);
            slashed(path.strip_prefix(".").unwrap_or(path))
        };
        let map = with_ending(&wanted.output, ".map");
        Built {
            label: wanted.label,
            file: shown(&wanted.output),
            map: (!self.no_map).then(|| shown(&map)),
            bytes: bundled.code.len(),
            files: bundled.read.len(),
            packages: bundled.packages,
            duration_ms: (began.elapsed().as_secs_f64() * 10_000.0).round() / 10.0,
        }
    }

    /// What the command line asks for.
    fn wanted(&self) -> Result<Vec<Wanted>> {
        match &self.file {
            Some(file) => Ok(vec![self.of_file(file)?]),
            None => self.of_app(),
        }
    }

    fn of_file(&self, file: &Path) -> Result<Wanted> {
        if !file.is_file() {
            bail!("the runner file `{}` does not exist", file.display());
        }
        let here = env::current_dir().unwrap_or_default();
        if let Some(output) = &self.output {
            let (entry, output) = (file.to_owned(), output.clone());
            return Ok(Wanted { entry, output, root: here, label: None });
        }
        let absolute = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
        let app = absolute.parent().map(App::above).transpose()?.flatten();
        let found = app.as_ref().and_then(|app| Some((app, app.runner_of(file)?)));
        let Some((app, runner)) = found else {
            let help =
                "name the bundle's file with `--output`, say `--output dist/runners/background.js`";
            return Err(miette!(help = help, "`{}` is the runner of no app", file.display()));
        };
        let output = app.built(runner)?;
        let (entry, label) = (file.to_owned(), Some(runner.label.clone()));
        Ok(Wanted { entry, output, root: app.project().to_owned(), label })
    }

    fn of_app(&self) -> Result<Vec<Wanted>> {
        let here = env::current_dir().unwrap_or_default();
        let Some(app) = App::around(&here)? else {
            return Err(miette!(
                help = "give a runner's file and `--output`, or write a first runner with `background-runner init`",
                "there is no app here: no `capacitor.config.ts`, `.js` or `.json`"
            ));
        };
        let is_meant = |label: &String| self.label.as_ref().is_none_or(|wanted| wanted == label);
        let runners: Vec<_> = app.runners.iter().filter(|it| is_meant(&it.label)).collect();
        if runners.is_empty() {
            return Err(match &self.label {
                Some(label) => miette!("`{}` has no runner `{label}`", app.config_name()),
                None => miette!(
                    help = "`background-runner init` writes a first one, or give a runner's file",
                    "`{}` has no runner: no `label` and `src` below `plugins.BackgroundRunner`",
                    app.config_name()
                ),
            });
        }
        if runners.len() > 1 && self.output.is_some() {
            bail!("`--output` is one file, and there are several runners: name one with `--label`");
        }
        let wanted = |runner: &&crate::app::Runner| {
            let output = match &self.output {
                Some(output) => output.clone(),
                None => app.built(runner)?,
            };
            let (entry, label) = (app.source(runner)?, Some(runner.label.clone()));
            Ok(Wanted { entry, output, root: app.project().to_owned(), label })
        };
        runners.iter().map(wanted).collect()
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Writes a file, whose folder is made where it is not there.
fn put(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .and_then(|()| codegen::project::replace(path, text))
        .into_diagnostic()
        .wrap_err_with(|| format!("`{}` cannot be written", path.display()))
}

fn wrong(problem: &Problem, root: &Path) -> Wrong {
    let (line, column) = bundled::place(problem);
    let root = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    Wrong {
        message: problem.message.clone(),
        help: problem.help.clone(),
        file: slashed(problem.file.strip_prefix(root).unwrap_or(&problem.file)),
        line,
        column,
    }
}

fn tell(built: &Built) {
    let size = if built.bytes < 10_000 {
        format!("{} bytes", built.bytes)
    } else {
        format!("{} kB", built.bytes / 1000)
    };
    let files =
        if built.files == 1 { "1 file".to_owned() } else { format!("{} files", built.files) };
    let with = match built.packages.as_slice() {
        [] => String::new(),
        packages => format!(", with {}", packages.join(", ")),
    };
    println!("{}: {size} of {files}{with}, in {:.1} ms", built.file, built.duration_ms);
}
