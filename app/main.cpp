#include "app/cli/program.hpp"

int main(int argc, char** argv) {
  return support::cli::run_program_line(argc, argv);
}
