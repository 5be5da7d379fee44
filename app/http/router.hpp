#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "app/http/method.hpp"
#include "app/http/request.hpp"
#include "app/http/response.hpp"
#include "app/http/route_metrics.hpp"
#include "app/http/target.hpp"

namespace support::http {

enum class BodyRule : std::uint8_t {
  none,      // a request that announces a body is refused (400)
  json,      // a body of one of the media types; parse_json_body() reports an empty one
  optional,  // as json, and the route has a meaning without a body
};

// {"application/json"}; a function because GCC 12 fails on a braced list as the initialiser of an aggregate's member.
std::vector<std::string> json_media_types();

// Designated initialisers: {.body = BodyRule::json}
struct RouteOptions {
  BodyRule body = BodyRule::none;
  std::optional<std::uint64_t> max_body_size = std::nullopt;  // absent: MAX_BODY_SIZE
  std::vector<std::string> media_types = json_media_types();  // of the request, in lower case
  std::string produces = "application/json";                  // 406 when Accept rules it out; empty: no check
};

// What answers a route: any callable that takes `const Request&` and gives a Response or an asio::awaitable<Response>.
// It lives as long as the router, so a lambda that captures its context is fine as a coroutine, too. The request lives
// until the coroutine is done. A handler is cancelled (terminal) at Request::deadline; it may return a Problem as
// Response or throw ProblemError; any other exception becomes a 500 without its text.
class Handler {
 public:
  virtual ~Handler() = default;
  Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;

  // A plain function is called without a coroutine: call() for it, start() for the others.
  virtual bool is_plain() const = 0;
  virtual Response call(const Request& request) = 0;
  virtual boost::asio::awaitable<Response> start(const Request& request) = 0;
};

template <class F>
concept PlainHandler = std::is_invocable_r_v<Response, F&, const Request&>;
template <class F>
concept CoroutineHandler = std::same_as<std::invoke_result_t<F&, const Request&>, boost::asio::awaitable<Response>>;

template <class F>
class BoundHandler final : public Handler {
 public:
  explicit BoundHandler(F function) : function_(std::move(function)) {}
  bool is_plain() const override { return PlainHandler<F>; }
  Response call(const Request& request) override;
  boost::asio::awaitable<Response> start(const Request& request) override;

 private:
  F function_;
};

struct Route {
  std::string path;  // the template, "/api/v1/customers/{id}"
  std::vector<std::string> parameter_names;
  RouteOptions options;
  std::shared_ptr<Handler> handler;
  mutable RouteMetrics metrics;  // what is counted is no part of what the route is
};

class Router;

// Routes under one or more prefixes: the same handler answers under each of them.
class RouteGroup {
 public:
  // `path` is "/customers/{id}": segments, a parameter is a whole segment. Throws std::logic_error for a malformed
  // template and for a route that is already there.
  template <class F>
  requires PlainHandler<F> || CoroutineHandler<F> RouteGroup& add(Method method, std::string_view path,
                                                                  RouteOptions options, F handler) {
    return add_handler(method, path, std::move(options), std::make_shared<BoundHandler<F>>(std::move(handler)));
  }
  template <class F>
  requires PlainHandler<F> || CoroutineHandler<F> RouteGroup& add(Method method, std::string_view path, F handler) {
    return add(method, path, RouteOptions{}, std::move(handler));
  }

 private:
  friend class Router;
  RouteGroup(Router& router, std::vector<std::string> prefixes) : router_(router), prefixes_(std::move(prefixes)) {}
  RouteGroup& add_handler(Method method, std::string_view path, RouteOptions options, std::shared_ptr<Handler> handler);

  Router& router_;
  std::vector<std::string> prefixes_;
};

// Finds the route of a path. One per thread, because handlers are bound to the thread's pool; it must outlive the
// io_context's last request, and is not changed once a server uses it. Static segments win over parameters, paths are
// case-sensitive, and "/x/" is not "/x".
class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // group({"", "/api/v1"}): each route twice; group({"/api/v1"}): once. The group must not outlive the router.
  RouteGroup group(std::initializer_list<std::string_view> prefixes);

  struct Match {
    const Route* route = nullptr;     // null: no such path, or not with this method (then `allowed` is not empty)
    MethodSet allowed;                // what the path answers, HEAD and OPTIONS included
    std::vector<std::string> values;  // of the path parameters, in the order of the template
  };
  // `segments` are the decoded segments of the path, "/a/b" being {"a", "b"} and "/" being {""}. HEAD finds the route
  // of GET. OPTIONS finds a route only if one was added for it.
  Match find(Method method, const Target::Segments& segments) const;

  // Every route with its method.
  void for_each(const std::function<void(Method, const Route&)>& visit) const;
  // Every route as "GET /ping", sorted.
  std::vector<std::string> routes() const;

 private:
  friend class RouteGroup;
  struct Node;
  void add(Method method, std::string path, RouteOptions options, std::shared_ptr<Handler> handler);

  std::unique_ptr<Node> root_;
};

// An awaitable that has its value already.
boost::asio::awaitable<Response> ready(Response response);

template <class F>
Response BoundHandler<F>::call(const Request& request) {
  if constexpr (PlainHandler<F>) {
    return function_(request);
  } else {
    static_cast<void>(request);
    return Response(Status::internal_server_error);
  }
}

template <class F>
boost::asio::awaitable<Response> BoundHandler<F>::start(const Request& request) {
  // No coroutine of its own around the handler's.
  if constexpr (PlainHandler<F>) {
    return ready(function_(request));
  } else {
    return function_(request);
  }
}

}  // namespace support::http
