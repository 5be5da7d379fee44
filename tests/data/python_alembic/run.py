"""run.py URL COMMAND REVISION: Python's Alembic over the migrations of this folder."""
import os
import sys

from alembic import command
from alembic.config import Config

url, name, revision = sys.argv[1:]
config = Config(attributes={"url": url})
config.set_main_option("script_location", os.path.dirname(os.path.abspath(__file__)))
{"upgrade": command.upgrade, "downgrade": command.downgrade}[name](config, revision)
