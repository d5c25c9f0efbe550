"""The command line: ``govsim run``, ``compare``, ``explain``, ``validate``, ``list``, and so on.

Commands are thin: they read options, call one function of the package, and show what it
gives. `COMMANDS` names them; each is imported when it is used, so that ``--help`` is quick.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import Any

import click

from govsim import language
from govsim.cli import terminal
from govsim.cli.helping import Context, Late, translate_click
from govsim.errors import RunError
from govsim.language import tr

COMMANDS = {
    "run": "govsim.cli.running:run",
    "compare": "govsim.cli.comparing:compare",
    "why": "govsim.cli.asking:why",
    "optimise": "govsim.cli.optimising:optimise",
    "roster": "govsim.cli.rostering:roster",
    "site": "govsim.cli.siting:site",
    "calibrate": "govsim.cli.calibrating:calibrate",
    "explain": "govsim.cli.explaining:explain",
    "report": "govsim.cli.reporting:report",
    "validate": "govsim.cli.scenarios:validate",
    "validate-model": "govsim.cli.validating:validate_model",
    "validate-comparison": "govsim.cli.validating:validate_comparison",
    "validate-calibration": "govsim.cli.validating:validate_calibration",
    "inspect": "govsim.cli.inspecting:inspect",
    "new": "govsim.cli.scenarios:new",
    "synth": "govsim.cli.synthesising:synth",
    "list": "govsim.cli.looking:list_",
    "show": "govsim.cli.looking:show",
}
"""Commands, in the order of ``--help``: where each stands, as ``module:function``."""


class _Commands(click.Group):
    """Imports a command when it is asked for."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Do what is asked; a stop before or after a command's own watch is told alike."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            terminal.leave(tr("Stopped."))

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [tr("[OPTIONS]"), tr("COMMAND [ARGS]...")]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        formatter.write_text(tr("What a staffing plan will do to a community service."))


def _version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        click.echo(f"govsim {version('govsim')}")
        ctx.exit()


def _lang(ctx: click.Context, _: click.Parameter, asked: str | None) -> None:
    if asked:
        language.use("zh" if asked == "zh" else "en")


# Colour: click leaves all texts as they are, also on their way to a file; `terminal` shows them.
@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "color": True})
@click.option(
    "--version",
    cls=Late,
    said=lambda: tr("Show the version."),
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
)
@click.option(
    "--lang",
    cls=Late,
    said=lambda: tr("Language of what is said."),
    type=click.Choice(["zh", "en"]),
    expose_value=False,
    callback=_lang,
)
def cli() -> None:
    """Say what each command does: ``govsim COMMAND --help``."""


def main() -> None:
    """Run the command line, in UTF-8 and in the language asked for."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            # Windows pipes have the locale's code page, which lacks what we write.
            reconfigure(encoding="utf-8", errors="replace")
    # Importing makes hundreds of thousands of things that all stay: Python's own 700 would look
    # through them so often that each start takes a tenth longer.
    gc.set_threshold(20_000, 50, 50)
    speak(sys.argv[1:])
    translate_click()
    terminal.listen()
    with terminal.shown():
        try:
            cli()
        except KeyboardInterrupt:  # before or after click's own watch
            terminal.leave(tr("Stopped."))
        except RunError as error:  # what click itself says can't be written
            terminal.leave(str(error))


def speak(arguments: list[str]) -> None:
    """Use the language of ``--lang`` before anything is said, help included."""
    for word, following in zip(arguments, [*arguments[1:], ""], strict=True):
        name, _, value = word.partition("=")
        if name == "--lang" and (chosen := value or following) in ("zh", "en"):
            language.use("zh" if chosen == "zh" else "en")
