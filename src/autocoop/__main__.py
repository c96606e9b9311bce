import sys

from autocoop.cli import main

sys.exit(main())
