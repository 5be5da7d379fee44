#include "app/config/event_loop_thread.hpp"

namespace support::config {
namespace {
thread_local int loops_on_this_thread = 0;
}

EventLoopThread::EventLoopThread() {
  ++loops_on_this_thread;
}
EventLoopThread::~EventLoopThread() {
  --loops_on_this_thread;
}
bool EventLoopThread::is_current() {
  return loops_on_this_thread > 0;
}

}  // namespace support::config
