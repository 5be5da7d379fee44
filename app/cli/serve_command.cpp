#include "app/cli/serve_command.hpp"

#include "app/alembic/script/script_directory.hpp"
#include "app/cli/service.hpp"
#include "app/cli/start_up.hpp"

namespace support::cli {

void add_serve_command(CLI::App& program, int& exit_code) {
  auto* command = program.add_subcommand("serve", "Serve HTTP on HTTP_HOST:HTTP_PORT until SIGTERM");
  command->callback([&exit_code] {
    const StartUp start_up(config::TextStyle::service, DatabaseUse::required);
    exit_code = run_service(start_up.settings(), alembic::ScriptDirectory::builtin().get_heads());
  });
}

}  // namespace support::cli
