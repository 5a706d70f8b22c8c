"""The command `cydqa`, also as `python -m cydqa`: nothing is imported before Ctrl-C is minded."""

import sys


def main() -> None:
    """Run the command line; an interrupted command ends with status 130 and without a word."""
    try:
        from cydqa.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
