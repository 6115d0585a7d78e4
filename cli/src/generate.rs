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
}

impl Generate {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let plan = match project::plan(&self.schema, &self.output) {
            Ok(plan) => plan,
            Err(project::ProjectError::Schema(error)) => {
                eprintln!("{:?}", miette::Report::new(error));
                return Ok(ExitCode::FAILURE);
            }
            Err(error) => return Err(error.into()),
        };
        if self.check {
            print!("{}", plan.diff());
            let fresh = plan.changes.is_empty();
            return Ok(if fresh { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        plan.apply()?;
        println!("{plan}");
        Ok(ExitCode::SUCCESS)
    }
}
