#pragma once

namespace support::config {

// Marks the current thread as one that runs an event loop of the runtime for as long as the object lives. The migration
// engine, which blocks, refuses to run on such a thread: its statements could wait for locks that only the loop it
// blocks would release.
class EventLoopThread {
 public:
  EventLoopThread();
  ~EventLoopThread();
  EventLoopThread(const EventLoopThread&) = delete;
  EventLoopThread& operator=(const EventLoopThread&) = delete;

  // True when the calling thread runs an event loop of the runtime.
  static bool is_current();
};

}  // namespace support::config
