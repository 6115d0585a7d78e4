//! `background-runner init`: a first runner in an app, or in an empty folder.

mod edit;
mod project;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use miette::{IntoDiagnostic as _, Result, WrapErr as _};
use serde::Serialize;
use serde_json::{Value, json};

use self::project::Project;
use crate::{app::App, disk::slashed, json};

/// The plugin that runs what is written here.
const PACKAGE: &str = "@capacitor/background-runner";

/// The versions that a new `package.json` asks for.
const PLUGIN: &str = include_str!("../../../schema/plugin.json");

const TYPESCRIPT: &str = include_str!("background.ts.txt");
const JAVASCRIPT: &str = include_str!("background.js.txt");
const NODE_TEST: &str = include_str!("node-test.mjs.txt");
const VITEST: &str = include_str!("vitest.js.txt");

/// Write a first runner, its test, and what the app's configuration has to say about it
///
/// In the folder of a Capacitor app, or in one that is to become one. Files that are there already are
/// kept: the configuration and `package.json` get what they lack and stay as they are otherwise.
#[derive(Args)]
pub(crate) struct Init {
    /// The folder [default: this one]
    folder: Option<PathBuf>,
    /// Write the runner in TypeScript [default: where the app uses it]
    #[arg(long, conflicts_with = "javascript")]
    typescript: bool,
    /// Write the runner in JavaScript
    #[arg(long)]
    javascript: bool,
    /// The runner's label [default: that of the app's id, with `.background` behind it]
    #[arg(long)]
    label: Option<String>,
    /// The first event
    #[arg(long, value_name = "NAME", default_value = "wakeUp")]
    event: String,
    /// Print one line of JSON and nothing else
    #[arg(long)]
    json: bool,
}

/// What was done.
#[derive(Default, Serialize)]
struct Report {
    written: Vec<String>,
    changed: Vec<String>,
    /// What was there already.
    kept: Vec<String>,
    /// What is left to do by hand.
    todo: Vec<String>,
    /// What to try.
    next: Vec<String>,
}

impl Init {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let given = self.folder.clone().unwrap_or_else(|| PathBuf::from("."));
        fs::create_dir_all(&given).into_diagnostic().wrap_err_with(|| unwritable(&given))?;
        let here = fs::canonicalize(&given).into_diagnostic()?;
        let report = self.work(&here)?;
        if self.json {
            println!("{}", serde_json::to_string(&report).into_diagnostic()?);
        } else {
            Self::tell(&report);
        }
        Ok(ExitCode::SUCCESS)
    }

    fn work(&self, here: &Path) -> Result<Report> {
        let app = App::around(here)?;
        let folder = app.as_ref().map_or(here, |app| app.project()).to_owned();
        let mut work = Work {
            init: self,
            project: Project::read(&folder),
            report: Report::default(),
            test: None,
            bundle: None,
        };
        let app = match app {
            Some(app) => app,
            None => work.new_app(&folder)?,
        };
        let (label, src, event) = match app.runners.first() {
            Some(runner) => {
                work.report.kept.push(format!(
                    "the runner `{}` in {}",
                    runner.label,
                    app.config_name()
                ));
                let event = runner.events.first().unwrap_or(&self.event).clone();
                (runner.label.clone(), runner.src.clone(), event)
            }
            None => work.configure(&app)?,
        };
        work.runner(&app, &src, &label, &event)?;
        work.scripts(&folder)?;
        work.dependency();
        let change = self.folder.as_ref().map(|folder| format!("cd {} && ", folder.display()));
        work.report.next.push(change.unwrap_or_default() + "npx background-runner run");
        Ok(work.report)
    }

    fn tell(report: &Report) {
        let parts = [
            ("wrote  ", &report.written),
            ("changed", &report.changed),
            ("kept   ", &report.kept),
            ("to do  ", &report.todo),
            ("next   ", &report.next),
        ];
        for (what, lines) in parts {
            for line in lines {
                println!("{what} {}", line.replace('\n', "\n        "));
            }
        }
    }
}

/// One call, at work.
struct Work<'a> {
    init: &'a Init,
    project: Project,
    report: Report,
    /// The test that was written, seen from the project.
    test: Option<String>,
    /// What bundles the runner that was written into the web assets.
    bundle: Option<String>,
}

impl Work<'_> {
    /// Writes what makes a folder an app.
    fn new_app(&mut self, folder: &Path) -> Result<App> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let word: String =
            name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        let word = word.trim_start_matches(|it: char| it.is_ascii_digit());
        let word = if word.is_empty() { "app" } else { word };
        if !folder.join("package.json").exists() {
            self.write(&folder.join("package.json"), &package(word))?;
            self.project = Project::read(folder);
        }
        let config = json!({
            "$schema": format!("{}/capacitor.config.schema.json", self.project.path_of(PACKAGE)),
            "appId": format!("com.example.{word}"),
            "appName": if name.is_empty() { word } else { &name },
            "webDir": self.project.web_dir(),
        });
        let path = folder.join("capacitor.config.json");
        self.write(&path, &(pretty(&config) + "\n"))?;
        App::read(path)
    }

    /// Puts the runner into the configuration.
    fn configure(&mut self, app: &App) -> Result<(String, String, String)> {
        let id = app.id.as_deref().unwrap_or("com.example.app");
        let label = self.init.label.clone().unwrap_or_else(|| format!("{id}.background"));
        let (src, event) = ("runners/background.js".to_owned(), self.init.event.clone());
        let block = json!({
            "label": label, "src": src, "event": event, "repeat": true, "interval": 15, "autoStart": true,
        });
        let text = json::read(&app.config)?;
        let name = app.config_name();
        match edit::add(&text, &["plugins", "BackgroundRunner"], &block) {
            Some(text) => {
                let text = Self::with_types(app, text);
                replace(&app.config, &text)?;
                if !self.report.written.contains(&name) {
                    self.report.changed.push(name);
                }
            }
            None => self.report.todo.push(format!(
                "put this into `plugins` of {name}, which is computed:\n\"BackgroundRunner\": {}",
                pretty(&block)
            )),
        }
        Ok((label, src, event))
    }

    /// Has editors know the block's options.
    fn with_types(app: &App, text: String) -> String {
        if app.config.extension().is_some_and(|it| it == "json") {
            let project = Project::read(&app.folder);
            let schema = format!("{}/capacitor.config.schema.json", project.path_of(PACKAGE));
            let has_one = text.contains("\"$schema\"");
            let added = (!has_one).then(|| edit::add_first(&text, "$schema", &Value::from(schema)));
            return added.flatten().unwrap_or(text);
        }
        if app.config.extension().is_some_and(|it| it == "ts") && !text.contains(PACKAGE) {
            let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
            let (mark, rest) = match text.strip_prefix('\u{feff}') {
                Some(rest) => ("\u{feff}", rest),
                None => ("", text.as_str()),
            };
            return format!("{mark}/// <reference types=\"{PACKAGE}\" />{newline}{rest}");
        }
        text
    }

    /// Writes the runner, its settings for editors and its test, unless it is there.
    fn runner(&mut self, app: &App, src: &str, label: &str, event: &str) -> Result<()> {
        let runner =
            crate::app::Runner { label: label.to_owned(), src: src.to_owned(), events: vec![] };
        if let Ok(source) = app.source(&runner) {
            let shown = slashed(source.strip_prefix(app.project()).unwrap_or(&source));
            self.report.kept.push(shown);
            return Ok(());
        }
        let (init, typescript) = (self.init, self.project.uses_typescript());
        let typescript = init.typescript || typescript && !init.javascript;
        let (extension, text) = if typescript { ("ts", TYPESCRIPT) } else { ("js", JAVASCRIPT) };
        let folder = app.project().join("runners");
        let name = Path::new(src).file_stem().unwrap_or_default();
        let file = folder.join(name).with_extension(extension);
        let name = name.to_string_lossy();
        let fill = |text: &str| {
            text.replace("wakeUp", event).replace("RUNNER", &format!("{name}.{extension}"))
        };
        self.write(&file, &fill(text))?;
        self.bundle = Some("background-runner build".to_owned());
        let settings = if typescript { "tsconfig.json" } else { "jsconfig.json" };
        self.write(&folder.join(settings), &(pretty(&editor(typescript)) + "\n"))?;
        let (test, text) = if self.project.uses_vitest() {
            (format!("{name}.test.js"), VITEST)
        } else {
            (format!("{name}.test.mjs"), NODE_TEST)
        };
        self.test = Some(format!("runners/{test}"));
        self.write(&folder.join(test), &fill(text))
    }

    /// Gives `package.json` the scripts that it lacks.
    fn scripts(&mut self, folder: &Path) -> Result<()> {
        let path = folder.join("package.json");
        if !path.is_file() {
            return Ok(());
        }
        let run = Some("background-runner run".to_owned());
        let with = if self.project.uses_vitest() { "vitest run" } else { "node --test" };
        let test = self.test.as_ref().map(|test| format!("{with} {test}"));
        // Capacitor runs it before it copies the web assets.
        let is_here = self.project.folder.join("capacitor.config.json").is_file()
            || self.project.folder.join("capacitor.config.ts").is_file()
            || self.project.folder.join("capacitor.config.js").is_file();
        let bundle = self.bundle.clone().filter(|_| is_here);
        let wanted = [("runner", run), ("test:runner", test), ("capacitor:copy:before", bundle)];
        let mut text = json::read(&path)?;
        let mut added = false;
        for (name, script) in wanted {
            if let Some(script) = script
                && self.project.script(name).is_none()
                && let Some(with) = edit::add(&text, &["scripts", name], &Value::from(script))
            {
                (text, added) = (with, true);
            }
        }
        if !added {
            return Ok(());
        }
        replace(&path, &text)?;
        let name = "package.json".to_owned();
        if !self.report.written.contains(&name) {
            self.report.changed.push(name);
        }
        Ok(())
    }

    /// Says what has to be installed: that is the package manager's work.
    fn dependency(&mut self) {
        let above = self.project.folder.ancestors().skip(1).map(Project::read);
        let is_there =
            self.project.depends_on(PACKAGE) || above.into_iter().any(|it| it.depends_on(PACKAGE));
        let is_installed = self
            .project
            .folder
            .ancestors()
            .any(|it| it.join("node_modules").join(PACKAGE).is_dir());
        if !is_there {
            self.report.todo.push(self.project.install(PACKAGE));
        } else if !is_installed {
            let install = self.project.install("").trim_end().replace(" add", " install");
            self.report
                .todo
                .push(format!("{install} (for the app, and for completion in the editor)"));
        }
    }

    fn write(&mut self, path: &Path, text: &str) -> Result<()> {
        let shown = slashed(path.strip_prefix(&self.project.folder).unwrap_or(path));
        if path.exists() {
            self.report.kept.push(shown);
            return Ok(());
        }
        replace(path, text)?;
        self.report.written.push(shown);
        Ok(())
    }
}

/// The `package.json` of a new app.
fn package(name: &str) -> String {
    let plugin: Value = serde_json::from_str(PLUGIN).unwrap_or_default();
    let text = |at: &str| plugin.pointer(at).and_then(Value::as_str).unwrap_or_default();
    let capacitor = format!("^{}.0.0", text("/platforms/capacitor"));
    let package = json!({
        "name": name,
        "version": "1.0.0",
        "private": true,
        "scripts": {},
        "dependencies": { PACKAGE: format!("^{}", text("/version")), "@capacitor/core": capacitor },
        "devDependencies": { "@capacitor/cli": capacitor },
    });
    pretty(&package) + "\n"
}

/// What editors have to know of a runner's folder.
fn editor(typescript: bool) -> Value {
    let types = [format!("{PACKAGE}/runner")];
    if typescript {
        json!({
            "compilerOptions": {
                "target": "ES2022", "module": "ESNext", "moduleResolution": "bundler", "lib": ["ES2023"],
                "types": types, "strict": true, "noEmit": true, "isolatedModules": true,
                "resolveJsonModule": true,
            },
            "include": ["**/*.ts"],
        })
    } else {
        json!({
            "compilerOptions": { "checkJs": true, "lib": ["ES2023"], "types": types },
            "exclude": ["**/*.test.*"],
        })
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn replace(path: &Path, text: &str) -> Result<()> {
    codegen::project::replace(path, text).into_diagnostic().wrap_err_with(|| unwritable(path))
}

fn unwritable(path: &Path) -> String {
    format!("`{}` cannot be written", path.display())
}
