#pragma once

#include <CLI/CLI.hpp>

namespace support::cli {

// `support-agent probe [PATH]`: one GET against HTTP_HOST:HTTP_PORT; exit 0 when the answer is 2xx, 1 when it is not, 3
// when nobody answers. For container health checks, so that the image needs no curl.
void add_probe_command(CLI::App& program, int& exit_code);

}  // namespace support::cli
