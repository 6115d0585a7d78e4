//! `background-runner completions`: what a shell has to know to complete the command.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::Cli;

/// Print what a shell completes the command by
///
/// bash: `source <(background-runner completions bash)` in `~/.bashrc`; zsh: write it to
/// `_background-runner` in a folder of `$fpath`; fish: write it to
/// `~/.config/fish/completions/background-runner.fish`; PowerShell:
/// `background-runner completions powershell | Out-String | Invoke-Expression` in `$PROFILE`.
#[derive(Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self) -> ExitCode {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "background-runner", &mut text);
        // A reader that has gone is no reason to fail.
        let _ = io::stdout().write_all(&text);
        ExitCode::SUCCESS
    }
}
