//! `completions` and `man`: documents made from the arguments.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_mangen::Man;

use crate::cli::args::{Cli, CompletionsArgs};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output;

pub(in crate::cli) fn completions(args: &CompletionsArgs) -> Result<Outcome, Failure> {
    let mut bytes = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "shakedown", &mut bytes);
    output::write(|out| out.write_all(&bytes))?;
    Ok(Outcome::Done)
}

pub(in crate::cli) fn man() -> Result<Outcome, Failure> {
    output::write(write_man)?;
    Ok(Outcome::Done)
}

/// One page for all: the program's own sections, then one section a command.
fn write_man(out: &mut impl Write) -> io::Result<()> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let page = Man::new(command.clone());
    page.render_title(out)?;
    page.render_name_section(out)?;
    page.render_synopsis_section(out)?;
    page.render_description_section(out)?;
    page.render_options_section(out)?;
    writeln!(out, ".SH COMMANDS")?;
    for subcommand in command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
        let page = Man::new(subcommand.clone().mut_args(|arg| {
            let known = arg.is_global_set() || arg.get_id() == "help";
            arg.hide(known)
        }));
        let mut section = Vec::new();
        page.render_synopsis_section(&mut section)?;
        page.render_description_section(&mut section)?;
        page.render_options_section(&mut section)?;
        writeln!(out, ".SS {}", subcommand.get_name())?;
        // What is a section of a page of its own is a paragraph here.
        for line in String::from_utf8_lossy(&section).lines() {
            match line.strip_prefix(".SH ") {
                Some(_) => writeln!(out, ".PP")?,
                None => writeln!(out, "{line}")?,
            }
        }
    }
    page.render_extra_section(out)?;
    page.render_version_section(out)
}
