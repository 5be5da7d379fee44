"""Runs commands of Python's Alembic on folders of scripts.

Reads one JSON object a line, {"folder": path, "url": text, "command": name, "arguments": {…}}, and answers each with
{"output": text, "error": text, "defect": text}: `error` is what Alembic says in a sentence, `defect` the traceback it dies of.
One process serves many folders, because importing Alembic takes longer than most commands.
"""
import io
import json
import sys
import traceback
import warnings

from alembic import command
from alembic.config import Config
from alembic.script.base import Script
from alembic.util import CommandError

warnings.simplefilter("ignore")

# Newer versions of Alembic read a folder in the order of the names; Debian's takes what the file system gives.
unsorted_list = Script._list_py_dir
Script._list_py_dir = lambda *arguments: sorted(unsorted_list(*arguments))

for line in sys.stdin:
    request = json.loads(line)
    output = io.StringIO()
    config = Config(stdout=output, output_buffer=output)
    config.set_main_option("script_location", request["folder"])
    config.set_main_option("sqlalchemy.url", request["url"].replace("%", "%%"))
    error = defect = ""
    try:
        getattr(command, request["command"])(config, **request["arguments"])
    except CommandError as failure:
        error = str(failure)
    except Exception:
        defect = traceback.format_exc()
    print(json.dumps({"output": output.getvalue(), "error": error, "defect": defect}), flush=True)
