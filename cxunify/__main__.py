"""python -m cxunify."""

from cxunify.cli import main

if __name__ == "__main__":
    main()
