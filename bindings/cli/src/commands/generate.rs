//! `vanta completions` and `vanta man`: made from the options themselves.

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::args::Arguments;
use crate::failure::Result;
use crate::output::Output;

pub fn completions(shell: Shell, output: &Output) -> Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "vanta", &mut text);
    output.data(String::from_utf8_lossy(&text))
}

pub fn man(output: &Output) -> Result<()> {
    output.data(page())
}

/// One page: the program, then each command in a section of its own.
fn page() -> String {
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    let mut text = rendered(|out| {
        let man = Man::new(command.clone()).section("1");
        man.render_title(out)?;
        man.render_name_section(out)?;
        man.render_synopsis_section(out)?;
        man.render_description_section(out)?;
        man.render_options_section(out)?;
        man.render_subcommands_section(out)?;
        man.render_extra_section(out)
    });
    for one in command.get_subcommands() {
        let name = one.get_name();
        // There are no pages of their own.
        text = text.replace(&format!("vanta\\-{name}(1)"), &format!("vanta {name}"));
        text += &section(one);
    }
    text
}

/// The section of one command: its own sections are one level lower.
fn section(command: &Command) -> String {
    let name = command.get_name().to_owned();
    let text = rendered(|out| {
        let man = Man::new(command.clone().bin_name(format!("vanta {name}")));
        man.render_synopsis_section(out)?;
        man.render_description_section(out)?;
        man.render_options_section(out)?;
        man.render_extra_section(out)
    });
    let head = format!(".SH \"VANTA {}\"\n", name.to_uppercase());
    head + &text.replace("\n.SH ", "\n.SS ").replacen(".SH ", ".SS ", 1)
}

fn rendered(render: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    render(&mut out).expect("memory can be written");
    String::from_utf8_lossy(&out).into_owned()
}
