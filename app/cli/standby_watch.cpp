#include "app/cli/standby_watch.hpp"

#include <utility>

#include <boost/asio/post.hpp>

#include "app/config/event_loop_thread.hpp"

namespace support::cli {

StandbyWatch::StandbyWatch(database::StandbyMonitorOptions options)
    : context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),  // one thread runs it; others only post
      board_(std::make_shared<database::StandbyBoard>(options.hosts, options.max_lag)) {
  monitor_.emplace(context_, std::move(options), *board_);
  thread_ = std::thread([this] {
    const config::EventLoopThread mark;
    context_.run();
  });
}

StandbyWatch::~StandbyWatch() {
  // The loop ends when the sessions have.
  boost::asio::post(context_, [this] { monitor_.reset(); });
  thread_.join();
}

}  // namespace support::cli
