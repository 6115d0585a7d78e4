//! `background-runner`: runs, tests and checks background runners on a developer's own machine.
//!
//! One module a command. A command's exit code is 0 when all is fine, 1 when what it ran or checked
//! is not, 2 when it was used wrongly or something is missing: then it says what on stderr.

#![forbid(unsafe_code)]
// What comes from outside (arguments, files, scripts) is neither unwrapped nor indexed.
#![deny(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::get_unwrap,
    clippy::panic,
    clippy::unreachable
)]

mod apis;
mod app;
mod build;
mod bundled;
mod completions;
mod diff;
mod disk;
mod docgen;
mod generate;
mod init;
mod json;
mod run;
mod transpile;
mod units;
mod watch;

use std::{io::IsTerminal as _, process::ExitCode};

use clap::{Parser, Subcommand};

/// Runs, tests and checks background runners on your own machine.
#[derive(Parser)]
#[command(name = "background-runner", version = version(), arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Init(init::Init),
    Run(run::Run),
    Build(build::Build),
    Apis(apis::Apis),
    Generate(generate::Generate),
    Docgen(docgen::Docgen),
    Diff(diff::Diff),
    Completions(completions::Completions),
}

/// The plugin that the command belongs to: both have one version.
const PLUGIN: &str = include_str!("../../schema/plugin.json");

fn version() -> &'static str {
    let behind = PLUGIN.split_once("\"version\": \"").map_or("", |(_, behind)| behind);
    behind.split('"').next().unwrap_or_default()
}

fn main() -> ExitCode {
    report_readably();
    let result = match Cli::parse().command {
        Command::Init(command) => command.run(),
        Command::Run(command) => command.run(),
        Command::Build(command) => command.run(),
        Command::Apis(command) => command.run(),
        Command::Generate(command) => command.run(),
        Command::Docgen(command) => Ok(command.run()),
        Command::Diff(command) => command.run(),
        Command::Completions(command) => Ok(command.run()),
    };
    result.unwrap_or_else(|report| {
        eprintln!("{report:?}");
        ExitCode::from(2)
    })
}

/// Messages keep their lines, so that a program finds a path in one piece.
fn report_readably() {
    let handler = |_: &_| -> Box<dyn miette::ReportHandler> {
        let options = miette::MietteHandlerOpts::new().wrap_lines(false).break_words(false);
        let options =
            if std::io::stderr().is_terminal() { options } else { options.unicode(false) };
        Box::new(options.build())
    };
    // There is none yet; with another one, messages are shown all the same.
    let _ = miette::set_hook(Box::new(handler));
}
