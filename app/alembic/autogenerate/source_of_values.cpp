#include "app/alembic/autogenerate/source_of_values.hpp"

#include <chrono>

#include <fmt/format.h>

#include "app/alembic/autogenerate/source_members.hpp"

namespace support::alembic::autogenerate {
namespace {

std::string day(std::chrono::year_month_day date) {
  return fmt::format("std::chrono::year({}) / {} / {}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

template <class Clock>
SourceNode moment(std::string_view days, std::chrono::time_point<Clock, std::chrono::microseconds> time) {
  const auto midnight = std::chrono::floor<std::chrono::days>(time);
  return code(fmt::format("{}({}) + std::chrono::microseconds({})", days, day(std::chrono::year_month_day(midnight)),
                          (time - midnight).count()));
}

struct ValueSource {
  SourceNode operator()(std::monostate) const { return code("std::nullopt"); }
  SourceNode operator()(bool flag) const { return flag_node(flag); }
  SourceNode operator()(std::int64_t number) const { return number_node(number); }
  SourceNode operator()(double number) const { return number_node(number); }
  SourceNode operator()(const std::string& constant) const { return text_node(constant); }
  SourceNode operator()(const schema::TextClause& expression) const { return call("text", text_node(expression.sql)); }
  SourceNode operator()(std::chrono::year_month_day date) const { return code(day(date)); }
  SourceNode operator()(Value::LocalTime time) const { return moment("std::chrono::local_days", time); }
  SourceNode operator()(Value::SystemTime time) const { return moment("std::chrono::sys_days", time); }
  SourceNode operator()(const std::vector<std::byte>& content) const {
    std::string digits;
    for (const std::byte byte : content) digits += fmt::format("\\{:03o}", static_cast<unsigned>(byte));
    // A constant may hold zero bytes, so it says how long it is.
    return code(fmt::format("bytes(std::string_view(\"{}\", {}))", digits, content.size()));
  }
  SourceNode operator()(const std::vector<Value>& elements) const {
    SourceNodes nodes;
    for (const auto& element : elements) nodes.push_back(source_of(element));
    return call("array", list(std::move(nodes)));
  }
};

}  // namespace

SourceNode source_of(const Value& value) {
  return std::visit(ValueSource(), value.variant());
}

}  // namespace support::alembic::autogenerate
