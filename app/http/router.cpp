#include "app/http/router.hpp"

#include <algorithm>
#include <stdexcept>

namespace support::http {

namespace {

[[noreturn]] void refuse(std::string_view path, std::string_view why) {
  throw std::logic_error("The route \"" + std::string(path) + "\" can't be added: " + std::string(why));
}

std::vector<std::string_view> split_template(std::string_view path) {
  if (!path.starts_with('/')) refuse(path, "it must start with '/'.");
  std::vector<std::string_view> segments;
  for (std::size_t start = 1;;) {
    const std::size_t end = path.find('/', start);
    segments.push_back(path.substr(start, end - start));
    if (end == std::string_view::npos) return segments;
    start = end + 1;
  }
}

// The name in "{name}", or nothing for a static segment.
std::optional<std::string_view> parameter_name(std::string_view path, std::string_view segment) {
  if (segment.find_first_of("{}") == std::string_view::npos) return std::nullopt;
  const bool braces = segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
  const std::string_view name = braces ? segment.substr(1, segment.size() - 2) : std::string_view();
  if (name.empty() || name.find_first_of("{}") != std::string_view::npos) {
    refuse(path, "a parameter is a whole segment, as in \"/customers/{id}\".");
  }
  return name;
}

}  // namespace

std::vector<std::string> json_media_types() {
  return {"application/json"};
}

boost::asio::awaitable<Response> ready(Response response) {
  co_return std::move(response);
}

struct Router::Node {
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> children;  // few each, so a list beats a map
  std::unique_ptr<Node> parameter;
  std::array<std::unique_ptr<Route>, method_count> routes;

  bool is_path() const {
    return std::ranges::any_of(routes, [](const auto& route) { return route != nullptr; });
  }

  Node& child(std::string_view segment) {
    for (auto& [name, node] : children) {
      if (name == segment) return *node;
    }
    return *children.emplace_back(segment, std::make_unique<Node>()).second;
  }

  Node& parameter_child() {
    if (!parameter) parameter = std::make_unique<Node>();
    return *parameter;
  }

  // The node of the path that starts at segments[index]; a static branch that leads nowhere is given up for the
  // parameter beside it.
  const Node* find(const Target::Segments& segments, std::size_t index, std::vector<std::string>& values) const {
    if (index == segments.size()) return is_path() ? this : nullptr;
    for (const auto& [name, node] : children) {
      if (name != segments[index]) continue;
      if (const Node* found = node->find(segments, index + 1, values)) return found;
      break;
    }
    if (!parameter || segments[index].empty()) return nullptr;
    values.push_back(segments[index]);
    if (const Node* found = parameter->find(segments, index + 1, values)) return found;
    values.pop_back();
    return nullptr;
  }

  MethodSet allowed() const {
    MethodSet set;
    for (std::size_t index = 0; index < method_count; ++index) {
      if (routes[index]) set.insert(static_cast<Method>(index));
    }
    if (set.contains(Method::get)) set.insert(Method::head);
    set.insert(Method::options);
    return set;
  }

  const Route* route(Method method) const {
    if (const auto& found = routes[static_cast<std::size_t>(method)]) return found.get();
    return method == Method::head ? routes[static_cast<std::size_t>(Method::get)].get() : nullptr;
  }

  void for_each(const std::function<void(Method, const Route&)>& visit) const {
    for (std::size_t index = 0; index < method_count; ++index) {
      if (routes[index]) visit(static_cast<Method>(index), *routes[index]);
    }
    for (const auto& [name, node] : children) node->for_each(visit);
    if (parameter) parameter->for_each(visit);
  }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

RouteGroup Router::group(std::initializer_list<std::string_view> prefixes) {
  return RouteGroup(*this, std::vector<std::string>(prefixes.begin(), prefixes.end()));
}

RouteGroup& RouteGroup::add_handler(Method method, std::string_view path, RouteOptions options,
                                    std::shared_ptr<Handler> handler) {
  for (const std::string& prefix : prefixes_) router_.add(method, prefix + std::string(path), options, handler);
  return *this;
}

void Router::add(Method method, std::string path, RouteOptions options, std::shared_ptr<Handler> handler) {
  auto route = std::make_unique<Route>();
  Node* node = root_.get();
  for (const std::string_view segment : split_template(path)) {
    const auto name = parameter_name(path, segment);
    if (!name) {
      node = &node->child(segment);
      continue;
    }
    if (std::ranges::find(route->parameter_names, *name) != route->parameter_names.end()) {
      refuse(path, "it names a parameter twice.");
    }
    route->parameter_names.emplace_back(*name);
    node = &node->parameter_child();
  }
  auto& place = node->routes[static_cast<std::size_t>(method)];
  if (place) refuse(path, "\"" + place->path + "\" already answers " + std::string(to_string(method)) + " there.");
  route->path = std::move(path);
  route->options = std::move(options);
  route->handler = std::move(handler);
  place = std::move(route);
}

Router::Match Router::find(Method method, const Target::Segments& segments) const {
  Match match;
  const Node* node = root_->find(segments, 0, match.values);
  if (!node) return match;
  match.route = node->route(method);
  match.allowed = node->allowed();
  return match;
}

void Router::for_each(const std::function<void(Method, const Route&)>& visit) const {
  root_->for_each(visit);
}

std::vector<std::string> Router::routes() const {
  std::vector<std::string> all;
  for_each(
      [&all](Method method, const Route& route) { all.push_back(std::string(to_string(method)) + " " + route.path); });
  std::ranges::sort(all);
  return all;
}

}  // namespace support::http
