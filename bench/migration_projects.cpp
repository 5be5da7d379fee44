#include "bench/migration_projects.hpp"

#include <fstream>

#include <fmt/format.h>

namespace support::bench {

namespace {

std::string id(std::size_t i) {
  return fmt::format("{:06x}{:06}", i * 2654435761U % 16777216U, i);
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

std::string file_name(std::size_t i, const Migration& migration, std::string_view extension) {
  return fmt::format("{:05}_{}_create_table{}", i, migration.revision, extension);
}

std::string sql_script(const Migration& migration) {
  const auto table = "item_" + migration.revision;
  return fmt::format(R"(-- Create table {0}
--
-- revision: {1}
-- down_revision: {2}
-- create_date: 2026-01-18 03:38:38.172294

-- migrate:upgrade
CREATE TABLE {0} (
    id INTEGER NOT NULL,
    name VARCHAR(100)
);

CREATE INDEX ix_{0} ON {0} (name);

-- migrate:downgrade
DROP INDEX ix_{0};

DROP TABLE {0};
)",
                     table, migration.revision, fmt::join(migration.down_revisions, ", "));
}

std::string python_parents(const Migration& migration) {
  const auto& parents = migration.down_revisions;
  if (parents.empty()) return "None";
  if (parents.size() == 1) return fmt::format("'{}'", parents.front());
  return fmt::format("('{}')", fmt::join(parents, "', '"));
}

std::string python_script(const Migration& migration) {
  const auto table = "item_" + migration.revision;
  return fmt::format(R"("""Create table {0}

Revision ID: {1}
Revises: {2}
Create Date: 2026-01-18 03:38:38.172294

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '{1}'
down_revision = {3}
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        '{0}',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=True),
    )
    op.create_index('ix_{0}', '{0}', ['name'])


def downgrade() -> None:
    op.drop_index('ix_{0}', table_name='{0}')
    op.drop_table('{0}')
)",
                     table, migration.revision, fmt::join(migration.down_revisions, ", "), python_parents(migration));
}

constexpr auto env_py = R"(from alembic import context
from sqlalchemy import engine_from_config, pool

config = context.config
connectable = engine_from_config(
    config.get_section(config.config_ini_section), prefix="sqlalchemy.", poolclass=pool.NullPool
)
with connectable.connect() as connection:
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()
)";

}  // namespace

std::vector<Migration> chain(std::size_t size) {
  std::vector<Migration> migrations;
  for (std::size_t i = 0; i < size; ++i) {
    migrations.push_back({id(i), i == 0 ? std::vector<std::string>{} : std::vector{id(i - 1)}});
  }
  return migrations;
}

std::vector<Migration> braid(std::size_t size) {
  std::vector<Migration> migrations;
  for (std::size_t i = 0; i < size; ++i) {
    Migration migration{id(i), {}};
    switch (i % 10) {
      case 6:  // the second branch begins where the first one, 3 to 5, began
        migration.down_revisions = {id(i - 4)};
        break;
      case 9:
        migration.down_revisions = {id(i - 1), id(i - 4)};
        break;
      default:
        if (i > 0) migration.down_revisions = {id(i - 1)};
    }
    migrations.push_back(std::move(migration));
  }
  return migrations;
}

void write_sql_project(const std::filesystem::path& folder, const std::vector<Migration>& migrations) {
  std::filesystem::create_directories(folder);
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    write(folder / file_name(i, migrations[i], ".sql"), sql_script(migrations[i]));
  }
}

void write_python_project(const std::filesystem::path& folder, const std::vector<Migration>& migrations,
                          const std::string& url) {
  std::filesystem::create_directories(folder / "versions");
  write(folder / "alembic.ini", fmt::format("[alembic]\nscript_location = .\nsqlalchemy.url = {}\n", url));
  write(folder / "env.py", env_py);
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    write(folder / "versions" / file_name(i, migrations[i], ".py"), python_script(migrations[i]));
  }
}

}  // namespace support::bench
