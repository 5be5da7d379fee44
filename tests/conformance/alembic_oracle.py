"""Runs commands of Python's Alembic on a folder of scripts.

    alembic_oracle.py FOLDER URL

Reads one JSON object a line, {"command": name, "arguments": {…}}, and answers each with {"output": text, "error": text}.
"""
import io
import json
import sys
import warnings

from alembic import command
from alembic.config import Config
from alembic.script.base import Script
from alembic.util import CommandError

warnings.simplefilter("ignore")

# Newer versions of Alembic read a folder in the order of the names; Debian's takes what the file system gives.
unsorted_list = Script._list_py_dir
Script._list_py_dir = lambda *arguments: sorted(unsorted_list(*arguments))

folder, url = sys.argv[1:]
for line in sys.stdin:
    request = json.loads(line)
    output = io.StringIO()
    config = Config(stdout=output)
    config.set_main_option("script_location", folder)
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    error = ""
    try:
        getattr(command, request["command"])(config, **request["arguments"])
    except CommandError as failure:
        error = str(failure)
    print(json.dumps({"output": output.getvalue(), "error": error}), flush=True)
