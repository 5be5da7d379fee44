#include "tests/chaos/service_load.hpp"

#include <random>

#include <fmt/format.h>

#include "tests/support/http_client.hpp"

namespace support::tests {
namespace {

using Clock = std::chrono::steady_clock;

bool is_refusal(unsigned status) {
  return status == 503 || status == 504;
}

}  // namespace

class ServiceLoad::Client {
 public:
  Client(std::uint16_t port, std::string mark, const std::atomic<bool>& is_over)
      : http_(port), mark_(std::move(mark)), random_(std::hash<std::string>()(mark_)) {
    write_customer();
    if (customers.acknowledged.empty()) return;
    const auto customer = customers.acknowledged.begin()->second;
    const auto begun =
        request(boost::beast::http::verb::post, "/api/v1/conversations",
                fmt::format(R"({{"customer_id":{},"title":"{}","channel":"WEB"}})", customer, mark_), 201);
    if (begun.is_null()) return;
    conversation_ = begun.at("id").as_int64();
    write_message();
    if (messages.acknowledged.empty()) return;
    is_in_order_ = true;
    thread_ = std::thread([this, &is_over] {
      while (!is_over) work();
    });
  }
  ~Client() { join(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void join() {
    if (thread_.joinable()) thread_.join();
    http_.disconnect();
  }

  // Of the thread, to be read once it has ended.
  Written customers;
  Written messages;
  std::vector<std::string> wrong;
  std::size_t requests = 0;
  std::size_t refused = 0;
  Clock::duration longest_wait{};
  // Read by others.
  std::atomic<std::size_t> reads = 0;  // good answers
  std::atomic<std::size_t> writes = 0;

 private:
  void work() {
    switch (random_() % 8) {
      case 0:
        return write_customer();
      case 1:
      case 2:
        return write_message();
      case 3:
        return list_messages();
      case 4:
      case 5:
        return read_one("/api/v1/messages/", messages, "content");
      default:
        return read_one("/api/v1/customers/", customers, "customer_id");
    }
  }

  // The answer's body when it is a good one, else null.
  boost::json::value request(boost::beast::http::verb method, const std::string& target, const std::string& body,
                             unsigned expected) {
    using enum boost::beast::http::verb;
    ++requests;
    const auto started = Clock::now();
    try {
      const auto answer = http_.request(method, target, body, body.empty() ? "" : "application/json");
      longest_wait = std::max(longest_wait, Clock::now() - started);
      if (answer.status == expected) return answer.json();
      if (is_refusal(answer.status)) {
        ++refused;
        if (!is_in_order_)
          wrong.push_back(
              fmt::format("{} {} before the fault: {}", std::string(to_string(method)), target, answer.body));
        // Who is refused comes back a little later.
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        return nullptr;
      }
      wrong.push_back(fmt::format("{} {}: {} {}", std::string(to_string(method)), target, answer.status, answer.body));
    } catch (const std::exception& error) {
      wrong.push_back(fmt::format("{} {}: {}", std::string(to_string(method)), target, error.what()));
    }
    return nullptr;
  }

  void write(const std::string& target, const std::string& mark, const std::string& field, const std::string& body,
             Written& written) {
    const auto made = request(boost::beast::http::verb::post, target, body, 201);
    if (made.is_null()) {
      written.in_doubt.insert(mark);
    } else if (made.at(field) != boost::json::string(mark)) {
      wrong.push_back(fmt::format("POST {} of {} was answered with {}", target, mark, serialize(made)));
    } else {
      written.acknowledged[mark] = made.at("id").as_int64();
      ++writes;
    }
  }
  void write_customer() {
    const auto mark = fmt::format("{}-{}", mark_, ++number_);
    write("/api/v1/customers", mark, "customer_id",
          fmt::format(R"({{"customer_id":"{0}","first_name":"A","last_name":"B","email":"{0}@example.org"}})", mark),
          customers);
  }
  void write_message() {
    const auto mark = fmt::format("{}-{}", mark_, ++number_);
    write(fmt::format("/api/v1/conversations/{}/messages", conversation_), mark, "content",
          fmt::format(R"({{"role":"CUSTOMER","content":"{}"}})", mark), messages);
  }
  void read_one(const std::string& path, const Written& written, const std::string& field) {
    auto chosen = written.acknowledged.begin();
    std::advance(chosen,
                 static_cast<std::ptrdiff_t>(random_() % std::min<std::size_t>(written.acknowledged.size(), 50)));
    const auto& [mark, id] = *chosen;
    const auto found = request(boost::beast::http::verb::get, path + std::to_string(id), "", 200);
    if (found.is_null()) return;
    if (found.at("id").as_int64() != id || found.at(field) != boost::json::string(mark)) {
      wrong.push_back(fmt::format("GET {}{} of {} was answered with {}", path, id, mark, serialize(found)));
    }
    ++reads;
  }
  void list_messages() {
    const auto target = fmt::format("/api/v1/conversations/{}/messages?limit=5", conversation_);
    const auto found = request(boost::beast::http::verb::get, target, "", 200);
    if (found.is_null()) return;
    for (const auto& item : found.at("items").as_array()) {
      if (item.at("conversation_id").as_int64() == conversation_) continue;
      wrong.push_back(fmt::format("GET {} was answered with {}", target, serialize(found)));
      break;
    }
    ++reads;
  }

  HttpClient http_;
  const std::string mark_;
  std::minstd_rand random_;
  std::int64_t conversation_ = 0;
  bool is_in_order_ = false;  // everything that it reads is there
  int number_ = 0;
  std::thread thread_;
};

ServiceLoad::ServiceLoad(std::uint16_t port, std::size_t clients, const std::string& mark) {
  for (std::size_t i = 0; i < clients; ++i) {
    clients_.push_back(std::make_unique<Client>(port, fmt::format("{}-{}", mark, i), is_over_));
  }
}

ServiceLoad::~ServiceLoad() {
  stop();
}

void ServiceLoad::stop() {
  is_over_ = true;
  for (auto& client : clients_) client->join();
}

bool ServiceLoad::all_are_served(std::size_t reads, Clock::time_point latest) const {
  std::vector<std::pair<std::size_t, std::size_t>> before;
  for (const auto& client : clients_) before.emplace_back(client->reads + reads, client->writes + 1);
  for (;;) {
    bool all = true;
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      all = all && clients_[i]->reads >= before[i].first && clients_[i]->writes >= before[i].second;
    }
    if (all) return true;
    if (Clock::now() > latest) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

ServiceLoad::Written ServiceLoad::customers() const {
  Written all;
  for (const auto& client : clients_) {
    all.acknowledged.insert(client->customers.acknowledged.begin(), client->customers.acknowledged.end());
    all.in_doubt.insert(client->customers.in_doubt.begin(), client->customers.in_doubt.end());
  }
  return all;
}

ServiceLoad::Written ServiceLoad::messages() const {
  Written all;
  for (const auto& client : clients_) {
    all.acknowledged.insert(client->messages.acknowledged.begin(), client->messages.acknowledged.end());
    all.in_doubt.insert(client->messages.in_doubt.begin(), client->messages.in_doubt.end());
  }
  return all;
}

std::vector<std::string> ServiceLoad::wrong_answers() const {
  std::vector<std::string> all;
  for (const auto& client : clients_) all.insert(all.end(), client->wrong.begin(), client->wrong.end());
  return all;
}

std::size_t ServiceLoad::requests() const {
  std::size_t all = 0;
  for (const auto& client : clients_) all += client->requests;
  return all;
}

std::size_t ServiceLoad::refused() const {
  std::size_t all = 0;
  for (const auto& client : clients_) all += client->refused;
  return all;
}

std::chrono::milliseconds ServiceLoad::longest_wait() const {
  Clock::duration longest{};
  for (const auto& client : clients_) longest = std::max(longest, client->longest_wait);
  return std::chrono::duration_cast<std::chrono::milliseconds>(longest);
}

}  // namespace support::tests
