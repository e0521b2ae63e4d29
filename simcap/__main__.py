"""`python -m simcap` is `simcap`."""

from simcap.cli import main

if __name__ == "__main__":
    main(prog_name="simcap")
