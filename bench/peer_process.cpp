#include "bench/peer_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>

namespace support::bench {

PeerProcess::PeerProcess(std::vector<std::string> command) : name_(command.front()) {
  std::array<int, 2> questions{};
  std::array<int, 2> answers{};
  if (::pipe2(questions.data(), O_CLOEXEC) != 0 || ::pipe2(answers.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("No pipe could be made");
  }
  std::vector<char*> arguments;
  for (auto& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, questions[0], 0);
  ::posix_spawn_file_actions_adddup2(&actions, answers[1], 1);
  const int error = ::posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(questions[0]);
  ::close(answers[1]);
  in_ = ::fdopen(questions[1], "w");
  out_ = ::fdopen(answers[0], "r");
  if (error != 0) throw std::runtime_error("Can't start " + name_);
  std::signal(SIGPIPE, SIG_IGN);
}

PeerProcess::~PeerProcess() {
  std::fclose(in_);  // the end of its input is its end
  std::fclose(out_);
  ::waitpid(pid_, nullptr, 0);
}

std::string PeerProcess::ask(const std::string& line) {
  std::fputs((line + '\n').c_str(), in_);
  std::fflush(in_);
  std::string answer;
  for (int c = std::fgetc(out_); c != '\n'; c = std::fgetc(out_)) {
    if (c == EOF) throw std::runtime_error(name_ + " has ended: it says why above");
    answer += static_cast<char>(c);
  }
  return answer;
}

}  // namespace support::bench
