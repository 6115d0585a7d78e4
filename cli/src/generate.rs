//! `background-runner generate`: schema in, plugin project out.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use codegen::project;
use miette::Result;

/// Generate the plugin's project from its schema.
#[derive(Args)]
pub(crate) struct Generate {
    /// The folder of the schema
    #[arg(long, value_name = "FOLDER", default_value = "schema")]
    schema: PathBuf,
    /// The folder of the project
    #[arg(long, value_name = "FOLDER", default_value = "generated")]
    output: PathBuf,
    /// Write nothing, show what is stale, and fail if anything is
    #[arg(long)]
    check: bool,
    /// With `--check`: fail as well if something is not translated, or has changed since. A release
    /// asks for that
    #[arg(long, requires = "check")]
    translated: bool,
    /// First add to the schema's translations an empty entry for everything that has none
    #[arg(long, conflicts_with = "check")]
    update_locales: bool,
}

impl Generate {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let update = || {
            if self.update_locales {
                project::complete_locales(&self.schema)
            } else {
                Ok(Vec::new())
            }
        };
        let plan = match update().and_then(|names| {
            for name in names {
                println!("translate what is empty in {}", self.schema.join(name).display());
            }
            project::plan(&self.schema, &self.output)
        }) {
            Ok(plan) => plan,
            Err(project::ProjectError::Schema(error)) => {
                eprintln!("{:?}", miette::Report::new(error));
                return Ok(ExitCode::FAILURE);
            }
            Err(error) => return Err(error.into()),
        };
        let fine = plan.is_fresh() && (!self.translated || plan.is_translated());
        if self.check {
            print!("{}", plan.diff());
        } else {
            plan.apply()?;
            println!("{plan}");
        }
        for report in plan.untranslated {
            eprintln!("{:?}", miette::Report::new(report));
        }
        Ok(if fine || !self.check { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
