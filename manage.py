#!/usr/bin/env python
"""Django's commands, on the running database or on one started for the command."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "berrydesk.settings")
    from berrydesk import embedded

    with embedded.for_command(sys.argv):
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
