#include "app/database/blocking_threads.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace support::database {
namespace {

namespace asio = boost::asio;

// One call: known to the coroutine that waits and to the thread that works. `listening` is what keeps the thread from
// posting to an io_context that is gone: the coroutine's frame is destroyed before its io_context is.
struct Call {
  std::function<void()> work;
  asio::io_context* context = nullptr;
  asio::steady_timer* timer = nullptr;  // touched on the io_context's thread alone
  std::mutex mutex;
  bool listening = true;
  bool done = false;  // on the io_context's thread alone
};

class Listener {
 public:
  explicit Listener(std::shared_ptr<Call> call) : call_(std::move(call)) {}
  ~Listener() {
    const std::lock_guard lock(call_->mutex);
    call_->listening = false;
    call_->timer = nullptr;
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

 private:
  std::shared_ptr<Call> call_;
};

bool is_wanted(Call& call) {
  const std::lock_guard lock(call.mutex);
  return call.listening;
}

void finish(const std::shared_ptr<Call>& call) {
  const std::lock_guard lock(call->mutex);
  if (!call->listening) return;
  asio::post(*call->context, [call] {
    call->done = true;
    if (call->timer) call->timer->cancel();
  });
}

}  // namespace

struct BlockingThreads::Queue {
  const std::size_t thread_limit;
  const std::size_t queue_limit;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::shared_ptr<Call>> calls;
  std::size_t threads = 0;
  std::size_t free_threads = 0;

  Queue(std::size_t threads, std::size_t calls_waiting) : thread_limit(threads), queue_limit(calls_waiting) {}

  // False when too much is waiting already, or no thread can be had.
  bool submit(const std::shared_ptr<Call>& call, const std::shared_ptr<Queue>& self) {
    {
      const std::lock_guard lock(mutex);
      if (calls.size() >= queue_limit) return false;
      if (free_threads <= calls.size() && threads < thread_limit && !start_thread(self) && threads == 0) return false;
      calls.push_back(call);
    }
    changed.notify_one();
    return true;
  }

  bool start_thread(const std::shared_ptr<Queue>& self) {
    try {
      std::thread([self] { self->work(); }).detach();
    } catch (const std::system_error&) {
      return false;
    }
    ++threads;
    return true;
  }

  [[noreturn]] void work() {
    for (;;) {
      std::shared_ptr<Call> call;
      {
        std::unique_lock lock(mutex);
        ++free_threads;
        changed.wait(lock, [this] { return !calls.empty(); });
        --free_threads;
        call = std::move(calls.front());
        calls.pop_front();
      }
      if (is_wanted(*call)) call->work();
      finish(call);
    }
  }
};

BlockingThreads::BlockingThreads(std::size_t threads, std::size_t queue_limit)
    : queue_(std::make_shared<Queue>(threads, queue_limit)) {}

// Never destroyed, like their threads.
BlockingThreads& BlockingThreads::for_names() {
  static auto& threads = *new BlockingThreads(2, 64);
  return threads;
}
BlockingThreads& BlockingThreads::for_cancels() {
  static auto& threads = *new BlockingThreads(2, 64);
  return threads;
}

asio::awaitable<BlockingThreads::Outcome> BlockingThreads::run(asio::io_context& context, std::function<void()> work,
                                                               TimePoint deadline) {
  asio::steady_timer timer(context, deadline);
  const auto call = std::make_shared<Call>();
  call->work = std::move(work);
  call->context = &context;
  call->timer = &timer;
  const Listener listener(call);
  if (!queue_->submit(call, queue_)) co_return Outcome::refused;
  boost::system::error_code ec;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  if (call->done) co_return Outcome::done;
  co_return ec ? Outcome::cancelled : Outcome::too_late;
}

}  // namespace support::database
